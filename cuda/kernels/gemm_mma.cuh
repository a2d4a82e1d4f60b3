#pragma once
#include "ptx/cp_async.cuh"
#include "ptx/device.cuh"
#include "ptx/ldmatrix.cuh"
#include "ptx/mma.cuh"
#include "ptx/shared_size.cuh"

/*
 * The main loop of the matrix products on tensor cores by warp: one CTA computes a ROWS x COLS tile of A W^T, of fp16 with fp32
 * accumulators or of int8 with 32-bit ones. Numbers says which (F16Numbers, S8Numbers).
 *
 * A and W are both K-major, so both operands take the same way: cp.async brings slices of 128 bytes of K into a ring of shared
 * buffers, ldmatrix reads them as fragments, those of the next 32 bytes while the tensor cores are at the present ones. The ring
 * is as deep as the launch's dynamic shared memory allows, from MIN_STAGES to MAX_STAGES stages: what a device has is known at
 * load time. A slice's row is 128 bytes, its eight 16-byte chunks are permuted by the row's number, so that neither the copies nor
 * ldmatrix meet a bank conflict.
 *
 * An element's sum runs over K in steps of 32 bytes in ascending order, whatever the tile's shape and wherever the row lies: that
 * is what makes a row's result independent of the batch around it, and the choice of a tile free.
 */
template <typename Numbers, int ROWS_, int COLS_, int WARP_ROWS_, int WARP_COLS_>
struct MmaTile {
    typedef typename Numbers::Element Element;
    typedef typename Numbers::Accumulator Accumulator;
    static constexpr int ROWS = ROWS_, COLS = COLS_, WARP_ROWS = WARP_ROWS_, WARP_COLS = WARP_COLS_;
    static constexpr int CHUNKS = 8;                             // of 16 bytes in a stage's row
    static constexpr int CHUNK = 16 / sizeof(Element);
    static constexpr int DEPTH = CHUNKS * CHUNK;                 // columns of K in a stage
    static constexpr int WARPS_ACROSS = COLS / WARP_COLS;
    static constexpr int THREADS = 32 * WARPS_ACROSS * (ROWS / WARP_ROWS);
    static constexpr int M = WARP_ROWS / 16;         // fragments of a warp: 16 rows, 8 columns
    static constexpr int N = WARP_COLS / 8;
    static constexpr int LOAD_ROWS = THREADS / CHUNKS;
    static constexpr int STAGE = (ROWS + COLS) * DEPTH;
    static constexpr int STAGE_BYTES = STAGE * sizeof(Element);
    static constexpr int MIN_STAGES = 2, MAX_STAGES = ptx::CP_ASYNC_MOST_PENDING + 2;
    static_assert(ROWS % LOAD_ROWS == 0 && COLS % LOAD_ROWS == 0, "every thread copies whole rows' worth of chunks");
    static_assert(LOAD_ROWS % 8 == 0, "the chunks' permutation has a period of 8 rows");
    static_assert(WARP_ROWS % 16 == 0 && WARP_COLS % 16 == 0, "whole ldmatrix.x4 reads");

    typedef Accumulator Sum[M][N][4];

    int warp_row, warp_col, lane;

    __device__ __forceinline__ MmaTile() {
        int warp = threadIdx.x / 32;
        lane = threadIdx.x % 32;
        warp_row = warp / WARPS_ACROSS * WARP_ROWS;
        warp_col = warp % WARPS_ACROSS * WARP_COLS;
    }

    /* The row (half 0) or the row 8 below it (half 1) of fragment i that this lane holds, within the tile. */
    __device__ __forceinline__ int row(int i, int half) const { return warp_row + i * 16 + half * 8 + lane / 4; }

    /* The first of the two neighbouring columns of fragment j that this lane holds, within the tile. */
    __device__ __forceinline__ int col(int j) const { return warp_col + j * 8 + lane % 4 * 2; }

    /* Starts the copy of a stage's columns of `count` (a tile's) rows, those beyond `valid` as zeros. `source` points at the tile's first row. */
    template <int COUNT>
    static __device__ __forceinline__ void copy(Element* target, const Element* source, int stride, int valid) {
        int row = threadIdx.x / CHUNKS, chunk = threadIdx.x % CHUNKS;
        Element* to = target + row * DEPTH + (chunk ^ (row & 7)) * CHUNK;
#pragma unroll
        for (int i = 0; i < COUNT; i += LOAD_ROWS) {
            bool inside = row + i < valid;
            ptx::cp_async_16(to + i * DEPTH, source + (inside ? (int64_t)(row + i) * stride + chunk * CHUNK : 0), inside);
        }
    }

    static __device__ __forceinline__ const Element* chunk_at(const Element* slice, int row, int chunk) {
        return slice + row * DEPTH + (chunk ^ (row & 7)) * CHUNK;
    }

    /* The fragments of 32 bytes of K: M of A, and W's in pairs. */
    typedef uint32_t Fragments[M + N / 2][4];

    __device__ __forceinline__ void load(Fragments& loaded, const Element* a, const Element* w, int step) const {
        const void* rows[M + N / 2];
#pragma unroll
        for (int i = 0; i < M; i++) rows[i] = chunk_at(a, warp_row + i * 16 + lane % 16, step * 2 + lane / 16);
#pragma unroll
        for (int j = 0; j < N / 2; j++)
            rows[M + j] = chunk_at(w, warp_col + j * 16 + lane % 8 + lane / 16 * 8, step * 2 + lane / 8 % 2);
        ptx::ldmatrix_x4(loaded, rows);
    }

    /* Adds one stage's product to the accumulators. */
    __device__ __forceinline__ void multiply(Sum& sum, const Element* a, const Element* w) const {
        Fragments loaded[2];
        load(loaded[0], a, w, 0);
#pragma unroll
        for (int step = 0; step < CHUNKS / 2; step++) {
            if (step + 1 < CHUNKS / 2) load(loaded[(step + 1) % 2], a, w, step + 1);
            uint32_t left[M][4], right[N][2];
#pragma unroll
            for (int i = 0; i < M; i++)
#pragma unroll
                for (int e = 0; e < 4; e++) left[i][e] = loaded[step % 2][i][e];
#pragma unroll
            for (int j = 0; j < N; j++)
#pragma unroll
                for (int e = 0; e < 2; e++) right[j][e] = loaded[step % 2][M + j / 2][j % 2 * 2 + e];
            Numbers::multiply(sum, left, right);
        }
    }

    static __device__ __forceinline__ void fill(Sum& sum, Accumulator value) {
#pragma unroll
        for (int i = 0; i < M; i++)
#pragma unroll
            for (int j = 0; j < N; j++)
#pragma unroll
                for (int e = 0; e < 4; e++) sum[i][j][e] = value;
    }

    /* One sum over all of K. */
    struct OneSum {
        __device__ __forceinline__ void begin(Sum& sum) const { fill(sum, Accumulator(0)); }
        __device__ __forceinline__ void after(int, Sum&) const {}
    };

    /* sum = the tile of A W^T, see below. */
    __device__ __forceinline__ void run(Sum& sum, Element* shared, const Element* a, const Element* w, int lda, int ldw, int rows,
                                        int cols, int k) const {
        OneSum one;
        run(sum, shared, a, w, lda, ldw, rows, cols, k, one);
    }

    /*
     * Sums up the tile of A W^T. `a` and `w` point at the tile's first rows, of which `rows` and `cols` exist; k is a multiple of
     * DEPTH. `slices` begins the sum and is handed it after each slice of DEPTH columns, with the slice's number.
     * All threads of the CTA take part; warps without a row that exists only copy.
     */
    template <typename Slices>
    __device__ __forceinline__ void run(Sum& sum, Element* shared, const Element* a, const Element* w, int lda, int ldw, int rows,
                                        int cols, int k, Slices& slices) const {
        slices.begin(sum);
        const int steps = k / DEPTH, stages = min(MAX_STAGES, ptx::dynamic_shared_bytes() / STAGE_BYTES);
        for (int s = 0; s < stages - 1; s++) {
            if (s < steps) {
                copy<ROWS>(shared + s * STAGE, a + s * DEPTH, lda, rows);
                copy<COLS>(shared + s * STAGE + ROWS * DEPTH, w + s * DEPTH, ldw, cols);
            }
            ptx::cp_async_commit();
        }
        int current = 0, vacant = stages - 1;
        for (int s = 0; s < steps; s++) {
            ptx::cp_async_wait(stages - 2);
            __syncthreads();      // the stage's data is everyone's, and the one filled next has been read by all
            int ahead = s + stages - 1;
            if (ahead < steps) {
                Element* target = shared + vacant * STAGE;
                copy<ROWS>(target, a + (int64_t)ahead * DEPTH, lda, rows);
                copy<COLS>(target + ROWS * DEPTH, w + (int64_t)ahead * DEPTH, ldw, cols);
            }
            ptx::cp_async_commit();   // also when empty: the wait counts groups
            if (warp_row < rows) {
                const Element* slice = shared + current * STAGE;
                multiply(sum, slice, slice + ROWS * DEPTH);
                slices.after(s, sum);
            }
            current = current + 1 == stages ? 0 : current + 1;
            vacant = vacant + 1 == stages ? 0 : vacant + 1;
        }
        ptx::cp_async_wait<0>();
    }
};
