#include "ptx/device.cuh"
#include "params/gemm_s8.h"
#include "gemm_s8.cuh"
#include "gemm_s8_epilogue.cuh"

/*
 * C = act(scaled(A W^T) + bias) + residual with int8 factors; C in fp16, fp32 or int8. Grid: x = ceil(n / tile columns), y = ceil(m / tile
 * rows). A kernel's name ends with its tile's rows and columns; every tile, and every depth of its ring, gives the same bits.
 */
namespace {

template <typename Tile, typename Out>
__device__ __forceinline__ void gemm_s8(const GemmS8Params& p) {
    Tile tile;
    typename Tile::Sum sum;
    GemmPlace at;
    if (multiply_block(p, tile, sum, at)) finish_s8<Out>(p, tile, sum, at);
}

/*
 * The sums of a row whose blocks of 128 columns have a scale each, in fp32, the blocks in ascending order. A block's sum of whole numbers
 * lies within 2^22, so it begins at the bits of 1.5 * 2^23: read as fp32, they are that number plus the sum, exactly, and nothing need be converted.
 */
template <typename Tile>
struct BlockSums {
    static constexpr int BITS = 0x4b400000;
    static constexpr float VALUE = 12582912.0f;

    const Tile& tile;
    const float* scales;      // of the tile's first row
    int stride, rows;
    float total[Tile::M][Tile::N][4];

    __device__ __forceinline__ BlockSums(const Tile& tile, const float* scales, int stride, int rows)
        : tile(tile), scales(scales), stride(stride), rows(rows) {}

    __device__ __forceinline__ void begin(typename Tile::Sum& sum) {
        Tile::fill(sum, BITS);
#pragma unroll
        for (int i = 0; i < Tile::M; i++)
#pragma unroll
            for (int j = 0; j < Tile::N; j++)
#pragma unroll
                for (int e = 0; e < 4; e++) total[i][j][e] = 0.0f;
    }

    __device__ __forceinline__ void after(int block, typename Tile::Sum& sum) {
#pragma unroll
        for (int i = 0; i < Tile::M; i++)
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = tile.row(i, half);
                const float scale = row < rows ? __ldg(scales + (int64_t)row * stride + block) : 0.0f;
#pragma unroll
                for (int j = 0; j < Tile::N; j++)
#pragma unroll
                    for (int e = half * 2; e < half * 2 + 2; e++) {
                        total[i][j][e] = fmaf(__int_as_float(sum[i][j][e]) - VALUE, scale, total[i][j][e]);
                        sum[i][j][e] = BITS;
                    }
            }
    }
};

template <typename Tile, typename Out>
__device__ __forceinline__ void gemm_s8_blocks(const GemmS8Params& p) {
    Tile tile;
    typename Tile::Sum sum;
    const GemmPlace at = gemm_place<Tile>(p.m, p.device_rows);
    if (at.row >= at.m) return;
    PARASOL_DYNAMIC_SHARED(int8_t, shared);
    BlockSums<Tile> blocks(tile, p.a_scales + (int64_t)at.row * p.a_scale_stride, p.a_scale_stride, at.m - at.row);
    tile.run(sum, shared, p.a + (int64_t)at.row * p.lda, p.w + (int64_t)at.col * p.ldw, p.lda, p.ldw, at.m - at.row, p.n - at.col, p.k, blocks);
    finish_s8_blocks<Out>(p, tile, blocks.total, at);
}

/* Quantizes a tile: what a block of 128 columns of a row has for a scale, several warps find out together. */
template <typename Tile>
__device__ __forceinline__ void gemm_s8_s8(const GemmS8Params& p) {
    constexpr int STRIDE = Tile::COLS + 16;                                 // of the quantized tile in shared memory: no bank conflicts
    constexpr int ACROSS = QUANTIZED_BLOCK / Tile::WARP_COLS;               // warps that share a block's columns
    static_assert(Tile::COLS % QUANTIZED_BLOCK == 0 && QUANTIZED_BLOCK % Tile::WARP_COLS == 0, "whole blocks, each of whole warps");
    static_assert(Tile::ROWS * STRIDE + Tile::ROWS * Tile::WARPS_ACROSS * 4 <= Tile::MIN_STAGES * Tile::STAGE_BYTES, "the ring's memory is used again");

    Tile tile;
    typename Tile::Sum sum;
    GemmPlace at;
    if (!multiply_block(p, tile, sum, at)) return;
    PARASOL_DYNAMIC_SHARED(int8_t, shared);
    float* widest = (float*)(shared + Tile::ROWS * STRIDE);                 // [WARPS_ACROSS][ROWS]

    const RowScales<Tile> scales(p, tile, at);
    float most[Tile::M][2];
#pragma unroll
    for (int i = 0; i < Tile::M; i++) most[i][0] = most[i][1] = 0.0f;
#pragma unroll
    for (int j = 0; j < Tile::N; j++) value_in_place(p, tile, sum, j, scales, at, most);

    __syncthreads();      // the ring has been read by all
    const int across = tile.warp_col / Tile::WARP_COLS;
    if (p.c_static_scale == nullptr) {
#pragma unroll
        for (int i = 0; i < Tile::M; i++)
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const float m = quad_widest(most[i][half]);
                if (tile.lane % 4 == 0) widest[across * Tile::ROWS + tile.row(i, half)] = m;
            }
    }
    __syncthreads();
#pragma unroll
    for (int i = 0; i < Tile::M; i++)
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int row = tile.row(i, half), block = (at.col + tile.warp_col) / QUANTIZED_BLOCK;
            float scale;
            if (p.c_static_scale != nullptr) {
                scale = *p.c_static_scale;
            } else {
                float m = 0.0f;
#pragma unroll
                for (int other = 0; other < ACROSS; other++) m = wider(m, widest[(across / ACROSS * ACROSS + other) * Tile::ROWS + row]);
                scale = scale_of(m);
                if (tile.lane % 4 == 0 && across % ACROSS == 0 && at.row + row < at.m && block < p.ldc / QUANTIZED_BLOCK)
                    p.c_scales[(int64_t)(at.row + row) * (p.ldc / QUANTIZED_BLOCK) + block] = scale;
            }
            const float inverse = inverse_scale(scale);
#pragma unroll
            for (int j = 0; j < Tile::N; j++) {
                const int x = quantized(__int_as_float(sum[i][j][half * 2]), inverse), y = quantized(__int_as_float(sum[i][j][half * 2 + 1]), inverse);
                *(uint16_t*)(shared + row * STRIDE + tile.col(j)) = (uint16_t)((x & 0xff) | (y & 0xff) << 8);
            }
        }
    __syncthreads();
    constexpr int CHUNKS = Tile::COLS / 16;
    for (int c = threadIdx.x; c < Tile::ROWS * CHUNKS; c += Tile::THREADS) {
        const int row = c / CHUNKS, col = c % CHUNKS * 16;
        if (at.row + row < at.m && at.col + col < p.ldc)
            *(uint4*)((int8_t*)p.c + (int64_t)(at.row + row) * p.ldc + at.col + col) = *(const uint4*)(shared + row * STRIDE + col);
    }
}

}

#define PARASOL_GEMM_S8(ROWS, COLS)                                                                                                     \
    PARASOL_KERNEL(gemm_s8_f16_##ROWS##x##COLS, GemmS8Params, GemmS8Tile##ROWS##x##COLS::THREADS) { gemm_s8<GemmS8Tile##ROWS##x##COLS, __half>(p); } \
    PARASOL_KERNEL(gemm_s8_f32_##ROWS##x##COLS, GemmS8Params, GemmS8Tile##ROWS##x##COLS::THREADS) { gemm_s8<GemmS8Tile##ROWS##x##COLS, float>(p); }
PARASOL_GEMM_S8(16, 128)
PARASOL_GEMM_S8(32, 64)
PARASOL_GEMM_S8(64, 64)
PARASOL_GEMM_S8(64, 128)
PARASOL_GEMM_S8(128, 128)
PARASOL_GEMM_S8(128, 256)
PARASOL_GEMM_S8(256, 128)

#define PARASOL_GEMM_S8_S8(ROWS, COLS) \
    PARASOL_KERNEL(gemm_s8_s8_##ROWS##x##COLS, GemmS8Params, GemmS8Tile##ROWS##x##COLS::THREADS) { gemm_s8_s8<GemmS8Tile##ROWS##x##COLS>(p); }
PARASOL_GEMM_S8_S8(16, 128)
PARASOL_GEMM_S8_S8(64, 128)
PARASOL_GEMM_S8_S8(128, 128)
PARASOL_GEMM_S8_S8(128, 256)
PARASOL_GEMM_S8_S8(256, 128)

#define PARASOL_GEMM_S8_BLOCKS(ROWS, COLS)                                                           \
    PARASOL_KERNEL(gemm_s8_blocks_f32_##ROWS##x##COLS, GemmS8Params, GemmS8BlocksTile##ROWS##x##COLS::THREADS) { \
        gemm_s8_blocks<GemmS8BlocksTile##ROWS##x##COLS, float>(p);                                                \
    }
PARASOL_GEMM_S8_BLOCKS(16, 128)
PARASOL_GEMM_S8_BLOCKS(64, 128)
PARASOL_GEMM_S8_BLOCKS(128, 128)
