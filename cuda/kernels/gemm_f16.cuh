#pragma once
#include "ptx/cp_async.cuh"
#include "ptx/device.cuh"
#include "ptx/ldmatrix.cuh"
#include "ptx/mma.cuh"
#include "ptx/shared_size.cuh"

/*
 * The main loop of every fp16 matrix product: one CTA computes a ROWS x COLS tile of A W^T with fp32 accumulators.
 *
 * A and W are both K-major, so both operands take the same way: cp.async brings slices of 64 columns into a ring of shared
 * buffers, ldmatrix reads them as fragments, those of the next 16 columns while the tensor cores are at the present ones. The ring
 * is as deep as the launch's dynamic shared memory allows, from MIN_STAGES to MAX_STAGES stages: what a device has is known at load time. A slice's row is 128 bytes, its eight 16-byte chunks are permuted by the row's
 * number, so that neither the copies nor ldmatrix meet a bank conflict.
 *
 * An element's sum runs over K in steps of 16 in ascending order, whatever the tile's shape and wherever the row lies: that is
 * what makes a row's result independent of the batch around it, and the choice of a tile free.
 */
template <int ROWS_, int COLS_, int WARP_ROWS_, int WARP_COLS_>
struct GemmF16Tile {
    static constexpr int ROWS = ROWS_, COLS = COLS_, WARP_ROWS = WARP_ROWS_, WARP_COLS = WARP_COLS_;
    static constexpr int DEPTH = 64;                 // columns of K in a stage
    static constexpr int CHUNKS = DEPTH / 8;         // of 16 bytes in a stage's row
    static constexpr int WARPS_ACROSS = COLS / WARP_COLS;
    static constexpr int THREADS = 32 * WARPS_ACROSS * (ROWS / WARP_ROWS);
    static constexpr int M = WARP_ROWS / 16;         // fragments of a warp: 16 rows, 8 columns
    static constexpr int N = WARP_COLS / 8;
    static constexpr int LOAD_ROWS = THREADS / CHUNKS;
    static constexpr int STAGE = (ROWS + COLS) * DEPTH;
    static constexpr int STAGE_BYTES = STAGE * 2;
    static constexpr int MIN_STAGES = 2, MAX_STAGES = ptx::CP_ASYNC_MOST_PENDING + 2;
    static_assert(ROWS % LOAD_ROWS == 0 && COLS % LOAD_ROWS == 0, "every thread copies whole rows' worth of chunks");
    static_assert(LOAD_ROWS % 8 == 0, "the chunks' permutation has a period of 8 rows");
    static_assert(WARP_ROWS % 16 == 0 && WARP_COLS % 16 == 0, "whole ldmatrix.x4 reads");

    typedef __half Element;
    typedef float Sum[M][N][4];

    int warp_row, warp_col, lane;

    __device__ __forceinline__ GemmF16Tile() {
        int warp = threadIdx.x / 32;
        lane = threadIdx.x % 32;
        warp_row = warp / WARPS_ACROSS * WARP_ROWS;
        warp_col = warp % WARPS_ACROSS * WARP_COLS;
    }

    /* The row (half 0) or the row 8 below it (half 1) of fragment i that this lane holds, within the tile. */
    __device__ __forceinline__ int row(int i, int half) const { return warp_row + i * 16 + half * 8 + lane / 4; }

    /* The first of the two neighbouring columns of fragment j that this lane holds, within the tile. */
    __device__ __forceinline__ int col(int j) const { return warp_col + j * 8 + lane % 4 * 2; }

    /* Starts the copy of 64 columns of `count` (a tile's) rows, those beyond `valid` as zeros. `source` points at the tile's first row. */
    template <int COUNT>
    static __device__ __forceinline__ void copy(__half* target, const __half* source, int stride, int valid) {
        int row = threadIdx.x / CHUNKS, chunk = threadIdx.x % CHUNKS;
        __half* to = target + row * DEPTH + (chunk ^ (row & 7)) * 8;
#pragma unroll
        for (int i = 0; i < COUNT; i += LOAD_ROWS) {
            bool inside = row + i < valid;
            ptx::cp_async_16(to + i * DEPTH, source + (inside ? (int64_t)(row + i) * stride + chunk * 8 : 0), inside);
        }
    }

    static __device__ __forceinline__ const __half* chunk_at(const __half* slice, int row, int chunk) {
        return slice + row * DEPTH + (chunk ^ (row & 7)) * 8;
    }

    /* The fragments of 16 columns of K: M of A, and W's in pairs. */
    typedef uint32_t Fragments[M + N / 2][4];

    __device__ __forceinline__ void load(Fragments& loaded, const __half* a, const __half* w, int step) const {
        const void* rows[M + N / 2];
#pragma unroll
        for (int i = 0; i < M; i++) rows[i] = chunk_at(a, warp_row + i * 16 + lane % 16, step * 2 + lane / 16);
#pragma unroll
        for (int j = 0; j < N / 2; j++)
            rows[M + j] = chunk_at(w, warp_col + j * 16 + lane % 8 + lane / 16 * 8, step * 2 + lane / 8 % 2);
        ptx::ldmatrix_x4(loaded, rows);
    }

    /* Adds one stage's product to the accumulators. */
    __device__ __forceinline__ void multiply(Sum& sum, const __half* a, const __half* w) const {
        Fragments loaded[2];
        load(loaded[0], a, w, 0);
#pragma unroll
        for (int step = 0; step < DEPTH / 16; step++) {
            if (step + 1 < DEPTH / 16) load(loaded[(step + 1) % 2], a, w, step + 1);
            uint32_t left[M][4], right[N][2];
#pragma unroll
            for (int i = 0; i < M; i++)
#pragma unroll
                for (int e = 0; e < 4; e++) left[i][e] = loaded[step % 2][i][e];
#pragma unroll
            for (int j = 0; j < N; j++)
#pragma unroll
                for (int e = 0; e < 2; e++) right[j][e] = loaded[step % 2][M + j / 2][j % 2 * 2 + e];
            ptx::mma_tile_f16(sum, left, right);
        }
    }

    /*
     * sum = the tile of A W^T. `a` and `w` point at the tile's first rows, of which `rows` and `cols` exist; k is a multiple of 64.
     * All threads of the CTA take part; warps without a row that exists only copy.
     */
    __device__ __forceinline__ void run(Sum& sum, __half* shared, const __half* a, const __half* w, int lda, int ldw, int rows,
                                        int cols, int k) const {
#pragma unroll
        for (int i = 0; i < M; i++)
#pragma unroll
            for (int j = 0; j < N; j++)
#pragma unroll
                for (int e = 0; e < 4; e++) sum[i][j][e] = 0.0f;
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
                __half* target = shared + vacant * STAGE;
                copy<ROWS>(target, a + (int64_t)ahead * DEPTH, lda, rows);
                copy<COLS>(target + ROWS * DEPTH, w + (int64_t)ahead * DEPTH, ldw, cols);
            }
            ptx::cp_async_commit();   // also when empty: the wait counts groups
            if (warp_row < rows) {
                const __half* slice = shared + current * STAGE;
                multiply(sum, slice, slice + ROWS * DEPTH);
            }
            current = current + 1 == stages ? 0 : current + 1;
            vacant = vacant + 1 == stages ? 0 : vacant + 1;
        }
        ptx::cp_async_wait<0>();
    }
};

/* The tiles that there are kernels for, by rows and columns. */
using GemmF16Tile16x128 = GemmF16Tile<16, 128, 16, 32>;
using GemmF16Tile32x64 = GemmF16Tile<32, 64, 16, 32>;
using GemmF16Tile64x64 = GemmF16Tile<64, 64, 32, 32>;
using GemmF16Tile64x128 = GemmF16Tile<64, 128, 32, 64>;
using GemmF16Tile128x128 = GemmF16Tile<128, 128, 64, 64>;
using GemmF16Tile128x256 = GemmF16Tile<128, 256, 64, 64>;
using GemmF16Tile256x128 = GemmF16Tile<256, 128, 64, 64>;
