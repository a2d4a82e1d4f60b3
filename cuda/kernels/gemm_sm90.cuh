#pragma once
#include "ptx/bulk_copy.cuh"
#include "ptx/cp_async.cuh"
#include "ptx/device.cuh"
#include "ptx/mbarrier.cuh"
#include "ptx/setmaxnreg.cuh"
#include "ptx/wgmma.cuh"
#include "gemm_block.cuh"
#include "weight_tiles.cuh"

/*
 * The main loop of the matrix products of sm_90a: A W^T of fp16 with fp32 accumulators or of int8 with 32-bit ones, W in the layout of
 * weight_tiles.cuh. Numbers says which (F16Products, S8Products).
 *
 * A CTA is a warpgroup that loads and CONSUMERS warpgroups that multiply, each 64 rows by BLOCKS * 128 columns. Between them is a
 * ring of STAGES slices of 128 bytes of K. W's part of a slice comes by bulk copies; A's rows lie anywhere, so their chunks are
 * placed one by one with cp.async, in the swizzle that wgmma expects. Each stage has two barriers: `full` counts W's bytes, the
 * warps that have loaded A and the announcement, `vacant` the warps that are done with it. The CTA walks over the tiles of the product,
 * `gridDim.x` apart, and the loaders are ahead in the next tile while the last one's results are stored.
 *
 * Every tile is made of the same instruction, 64 rows by 128 columns by 32 bytes of K, and an element's sum runs over K in ascending order: its
 * bits depend on neither the tile nor the rows around it.
 */
template <typename Numbers, int CONSUMERS_, int BLOCKS_, int STAGES_, int LOADER_REGISTERS = 0, int CONSUMER_REGISTERS = 0>
struct GemmSm90Tile {
    typedef typename Numbers::Element Element;
    typedef typename Numbers::Accumulator Accumulator;
    static constexpr int CONSUMERS = CONSUMERS_, BLOCKS = BLOCKS_, STAGES = STAGES_;
    static constexpr int ROWS = 64 * CONSUMERS, COLS = WEIGHT_TILE_ROWS * BLOCKS;
    static constexpr int THREADS = 128 * (1 + CONSUMERS);
    static constexpr int ROW_BYTES = WEIGHT_TILE_BYTES, DEPTH = ROW_BYTES / sizeof(Element), CHUNK = 16 / sizeof(Element);
    static constexpr int STEP_BYTES = 32;               // of K in a product
    static constexpr int M = 1, N = 16 * BLOCKS;        // fragments of a warp: 16 rows, 8 columns
    static constexpr int A_BYTES = ROWS * ROW_BYTES, BLOCK_BYTES = WEIGHT_TILE_ROWS * ROW_BYTES;
    static constexpr int STAGE_BYTES = A_BYTES + BLOCKS * BLOCK_BYTES;
    static constexpr int SHARED_BYTES = STAGES * STAGE_BYTES + 2 * STAGES * 8;
    /* Slices whose A is on its way while the loaders go on. A consumer holds two stages, the rest may be announced late. */
    static constexpr int AHEAD = STAGES - 2;
    static constexpr int GROUP_BYTES = 8 * ROW_BYTES;   // from one group of 8 rows to the next
    static constexpr bool MOVES_REGISTERS = LOADER_REGISTERS != 0;
    static_assert(AHEAD >= 1, "a stage to load while two are read");
    static_assert(128 * (LOADER_REGISTERS + CONSUMERS * CONSUMER_REGISTERS) <= 65536, "the registers of a multiprocessor");

    typedef Accumulator Sum[M][N][4];

    struct Ring {
        int stage = 0;
        uint32_t parity = 0;

        __device__ __forceinline__ void next() {
            if (++stage == STAGES) stage = 0, parity ^= 1;
        }
    };

    char* shared;
    uint64_t* full;
    uint64_t* vacant;
    int rows, tiles_across, tiles;   // true rows; tiles of the product

    __device__ __forceinline__ char* a_of(int stage) const { return shared + stage * STAGE_BYTES; }
    __device__ __forceinline__ char* w_of(int stage) const { return a_of(stage) + A_BYTES; }
    __device__ __forceinline__ int first_row(int tile) const { return tile / tiles_across * ROWS; }
    __device__ __forceinline__ int first_col(int tile) const { return tile % tiles_across * COLS; }

    /* All threads of the CTA, before anything else; `rows` are the rows that exist. */
    __device__ __forceinline__ GemmSm90Tile(char* dynamic_shared, int rows_, int n) {
        shared = dynamic_shared;
        full = (uint64_t*)(shared + STAGES * STAGE_BYTES);
        vacant = full + STAGES;
        rows = rows_;
        tiles_across = (n + COLS - 1) / COLS;
        tiles = tiles_across * ((rows + ROWS - 1) / ROWS);
        if (threadIdx.x == 0) {
            for (int s = 0; s < STAGES; s++) {
                ptx::mbarrier_init(full + s, 4 + 1);
                ptx::mbarrier_init(vacant + s, 4 * CONSUMERS);
            }
            ptx::fence_mbarrier_init();
        }
        __syncthreads();
    }

    /* One thread: the bulk copies of a slice of W. */
    __device__ __forceinline__ void load_w(const Ring& ring, const void* w, int n, int k, int col, int slice) const {
        uint32_t bytes[BLOCKS], all = 0;
#pragma unroll
        for (int b = 0; b < BLOCKS; b++) {
            bytes[b] = max(0, min(WEIGHT_TILE_ROWS, n - col - b * WEIGHT_TILE_ROWS)) * ROW_BYTES;
            all += bytes[b];
        }
        ptx::mbarrier_arrive_expect_tx(full + ring.stage, all);
#pragma unroll
        for (int b = 0; b < BLOCKS; b++)
            if (bytes[b] != 0)
                ptx::bulk_copy(w_of(ring.stage) + b * BLOCK_BYTES,
                               (const char*)w + weight_slice(col / WEIGHT_TILE_ROWS + b, slice, n, k * (int)sizeof(Element)), bytes[b], full + ring.stage);
    }

    /* A warp: says that its part of A has landed in a stage. The thread's copies must have landed. */
    __device__ __forceinline__ void announce(const Ring& ring) const {
        ptx::fence_proxy_async();
        __syncwarp();
        if (threadIdx.x % 32 == 0) ptx::mbarrier_arrive(full + ring.stage);
    }

    /* The loaders, 128 threads from thread 0 on. */
    __device__ __forceinline__ void load(const Element* a, int lda, const void* w, int n, int k) const {
        if constexpr (MOVES_REGISTERS) ptx::setmaxnreg_dec<LOADER_REGISTERS>();
        const int row = threadIdx.x / 8, chunk = threadIdx.x % 8;
        const int place = row * ROW_BYTES + (chunk ^ row % 8) * 16;
        Ring ring, landed;
        int under_way = 0;
        for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
            const int top = first_row(tile) + row, col = first_col(tile);
            const Element* source = a + (int64_t)top * lda + chunk * CHUNK;
            for (int slice = 0; slice < k / DEPTH; slice++) {
                ptx::mbarrier_wait(vacant + ring.stage, ring.parity ^ 1);
                if (threadIdx.x == 0) load_w(ring, w, n, k, col, slice);
                char* to = a_of(ring.stage) + place;
#pragma unroll 4      // not more: the loaders have few registers
                for (int i = 0; i < ROWS; i += 16) {
                    const bool inside = top + i < rows;
                    ptx::cp_async_16(to + i * ROW_BYTES, inside ? source + (int64_t)i * lda + slice * DEPTH : a, inside);
                }
                ptx::cp_async_commit();
                ring.next();
                if (under_way++ < AHEAD) continue;
                under_way = AHEAD;
                ptx::cp_async_wait<AHEAD>();
                announce(landed);
                landed.next();
            }
        }
        ptx::cp_async_wait<0>();
        for (; under_way > 0; under_way--) {
            announce(landed);
            landed.next();
        }
    }

    /* Consumers, before their first tile: their registers. */
    static __device__ __forceinline__ void start_consumer() {
        if constexpr (MOVES_REGISTERS) ptx::setmaxnreg_inc<CONSUMER_REGISTERS>();
    }

    /* Says that this warp's products have read a stage. */
    __device__ __forceinline__ void release(int stage) const {
        if (threadIdx.x % 32 == 0) ptx::mbarrier_arrive(vacant + stage);
    }

    /* The sums of block b as the instruction has them. */
    static __device__ __forceinline__ Accumulator (&of_block(Sum& sum, int b))[64] { return (Accumulator(&)[64])sum[0][16 * b]; }

    /* Starts the products of a stage; the sums begin anew where it is `fresh`. */
    __device__ __forceinline__ void issue(Sum& sum, int stage, bool fresh) const {
        const int consumer = threadIdx.x / 128 - 1;
        const uint64_t left = ptx::matrix_descriptor(a_of(stage) + consumer * 64 * ROW_BYTES, 0, GROUP_BYTES, ptx::Swizzle::Bytes128);
        const uint64_t right = ptx::matrix_descriptor(w_of(stage), 0, GROUP_BYTES, ptx::Swizzle::Bytes128);
        ptx::wgmma_fence();
#pragma unroll
        for (int step = 0; step < ROW_BYTES / STEP_BYTES; step++)
#pragma unroll
            for (int b = 0; b < BLOCKS; b++)
                Numbers::multiply(of_block(sum, b), ptx::advance(left, step * STEP_BYTES), ptx::advance(right, b * BLOCK_BYTES + step * STEP_BYTES),
                                  !fresh || step > 0);
        ptx::wgmma_commit();
    }

    static __device__ __forceinline__ void ready(Sum& sum) {
#pragma unroll
        for (int b = 0; b < BLOCKS; b++) ptx::wgmma_ready(of_block(sum, b));
    }

    /* Consumers: sum = this warpgroup's 64 rows of the next tile. The ring goes on from tile to tile. */
    __device__ __forceinline__ void multiply(Sum& sum, Ring& ring, int k) const {
        const int slices = k / DEPTH;
        int before = 0;
        for (int slice = 0; slice < slices; slice++) {
            ptx::mbarrier_wait(full + ring.stage, ring.parity);
            issue(sum, ring.stage, slice == 0);
            if (slice > 0) {
                ptx::wgmma_wait<1>();
                release(before);
            }
            before = ring.stage;
            ring.next();
        }
        ptx::wgmma_wait<0>();
        release(before);
        ready(sum);
    }

    /* Consumers: the same slice by slice: what.begin(slice) comes before the wait for a slice, what.end(sum) when its own sums are there. */
    template <typename What>
    __device__ __forceinline__ void multiply_slices(Sum& sum, Ring& ring, int k, What& what) const {
        for (int slice = 0; slice < k / DEPTH; slice++) {
            what.begin(slice);
            ptx::mbarrier_wait(full + ring.stage, ring.parity);
            issue(sum, ring.stage, true);
            ptx::wgmma_wait<0>();
            release(ring.stage);
            ring.next();
            ready(sum);
            what.end(sum);
        }
    }

    /* The row (half 0) or the row 8 below it (half 1) of the fragments that this lane holds, within the tile. */
    static __device__ __forceinline__ int row(int, int half) { return (threadIdx.x / 32 - 4) * 16 + half * 8 + threadIdx.x % 32 / 4; }

    /* The first of the two neighbouring columns of fragment j that this lane holds, within the tile. */
    static __device__ __forceinline__ int col(int j) { return j * 8 + threadIdx.x % 4 * 2; }
};

/* The whole kernel: consume(tile, ring, place) multiplies and stores each tile of a CTA. Params has the fields a, w, device_rows, m, n, k, lda. */
template <typename Tile, typename Params, typename Consume>
__device__ __forceinline__ void gemm_sm90(const Params& p, const Consume& consume) {
    PARASOL_DYNAMIC_SHARED_1024(char, shared);
    const int m = true_rows(p.m, p.device_rows);
    const Tile tile(shared, m, p.n);
    if (threadIdx.x < 128) {
        tile.load((const typename Tile::Element*)p.a, p.lda, p.w, p.n, p.k);
    } else {
        tile.start_consumer();
        typename Tile::Ring ring;
        for (int i = blockIdx.x; i < tile.tiles; i += gridDim.x) consume(tile, ring, GemmPlace{tile.first_row(i), tile.first_col(i), m});
    }
}
