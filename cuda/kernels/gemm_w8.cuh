#pragma once
#include "ptx/cp_async.cuh"
#include "ptx/device.cuh"
#include "ptx/ldmatrix.cuh"
#include "ptx/mma.cuh"
#include "ptx/shared_size.cuh"

/*
 * The main loop of products of fp16 activations with int8 weights: MmaTile with weights that are half as wide and become fp16 in registers, on
 * their way to the tensor cores. A stage holds 64 columns of K: rows of 128 bytes of A and of 64 bytes of W, whose chunks of 16 bytes are
 * permuted by the row's number so that ldmatrix meets no bank conflict.
 *
 * The order of the weights' columns (see quantize_weight.h) is such that the four bytes which ldmatrix gives a lane are the two pairs of
 * neighbours that one mma takes from it.
 */
template <int ROWS_, int COLS_, int WARP_ROWS_, int WARP_COLS_>
struct GemmW8Tile {
    static constexpr int ROWS = ROWS_, COLS = COLS_, WARP_ROWS = WARP_ROWS_, WARP_COLS = WARP_COLS_;
    static constexpr int DEPTH = 64;
    static constexpr int WARPS_ACROSS = COLS / WARP_COLS;
    static constexpr int THREADS = 32 * WARPS_ACROSS * (ROWS / WARP_ROWS);
    static constexpr int M = WARP_ROWS / 16, N = WARP_COLS / 8;
    static constexpr int A_CHUNKS = 8, W_CHUNKS = 4;             // of 16 bytes in a row
    static constexpr int A_LOAD_ROWS = THREADS / A_CHUNKS, W_LOAD_ROWS = THREADS / W_CHUNKS;
    static constexpr int A_BYTES = ROWS * 128, STAGE_BYTES = A_BYTES + COLS * 64;
    static constexpr int MIN_STAGES = 2, MAX_STAGES = ptx::CP_ASYNC_MOST_PENDING + 2;
    static_assert(ROWS % A_LOAD_ROWS == 0 && COLS % W_LOAD_ROWS == 0, "every thread copies whole rows' worth of chunks");
    static_assert(A_LOAD_ROWS % 8 == 0 && W_LOAD_ROWS % 8 == 0, "the chunks' permutation has a period of 8 rows");
    static_assert(WARP_ROWS % 16 == 0 && WARP_COLS % 16 == 0, "whole ldmatrix.x4 reads");

    typedef float Sum[M][N][4];

    int warp_row, warp_col, lane;

    __device__ __forceinline__ GemmW8Tile() {
        int warp = threadIdx.x / 32;
        lane = threadIdx.x % 32;
        warp_row = warp / WARPS_ACROSS * WARP_ROWS;
        warp_col = warp % WARPS_ACROSS * WARP_COLS;
    }

    __device__ __forceinline__ int row(int i, int half) const { return warp_row + i * 16 + half * 8 + lane / 4; }
    __device__ __forceinline__ int col(int j) const { return warp_col + j * 8 + lane % 4 * 2; }

    static __device__ __forceinline__ int a_place(int row, int chunk) { return row * 128 + (chunk ^ (row & 7)) * 16; }
    static __device__ __forceinline__ int w_place(int row, int chunk) { return row * 64 + (chunk ^ (row / 2 & 3)) * 16; }

    /* Starts the copy of a stage; rows beyond `rows` and `cols` become zeros. */
    static __device__ __forceinline__ void copy(int8_t* stage, const __half* a, const int8_t* w, int lda, int ldw, int rows, int cols) {
        const int a_row = threadIdx.x / A_CHUNKS, a_chunk = threadIdx.x % A_CHUNKS;
#pragma unroll
        for (int i = 0; i < ROWS; i += A_LOAD_ROWS) {
            const bool inside = a_row + i < rows;
            ptx::cp_async_16(stage + a_place(a_row, a_chunk) + i * 128, a + (inside ? (int64_t)(a_row + i) * lda + a_chunk * 8 : 0), inside);
        }
        const int w_row = threadIdx.x / W_CHUNKS, w_chunk = threadIdx.x % W_CHUNKS;
#pragma unroll
        for (int i = 0; i < COLS; i += W_LOAD_ROWS) {
            const bool inside = w_row + i < cols;
            ptx::cp_async_16(stage + A_BYTES + w_place(w_row, w_chunk) + i * 64, w + (inside ? (int64_t)(w_row + i) * ldw + w_chunk * 16 : 0), inside);
        }
    }

    /* Four whole numbers as two pairs of fp16, exactly: a byte behind 0x64 is 1024 and that byte, the byte is the number and 128. */
    static __device__ __forceinline__ void widen(uint32_t (&pairs)[2], uint32_t bytes) {
        const uint32_t shifted = bytes ^ 0x80808080u;
        const uint32_t low = __byte_perm(shifted, 0x64646464u, 0x4140), high = __byte_perm(shifted, 0x64646464u, 0x4342);
        const __half2 offset = __half2half2(__ushort_as_half(0x6480));
        __half2 first, second;
        memcpy(&first, &low, sizeof(first));
        memcpy(&second, &high, sizeof(second));
        first = __hsub2(first, offset), second = __hsub2(second, offset);
        memcpy(&pairs[0], &first, sizeof(first));
        memcpy(&pairs[1], &second, sizeof(second));
    }

    /* Adds one stage's product to the sums: 32 columns of weights at a time, 16 of activations. */
    __device__ __forceinline__ void multiply(Sum& sum, const int8_t* stage) const {
#pragma unroll
        for (int slab = 0; slab < DEPTH / 32; slab++) {
            uint32_t weights[N / 2][4];
            const void* w_rows[N / 2];
#pragma unroll
            for (int j = 0; j < N / 2; j++)
                w_rows[j] = stage + A_BYTES + w_place(warp_col + j * 16 + lane % 8 + lane / 16 * 8, slab * 2 + lane / 8 % 2);
            ptx::ldmatrix_x4(weights, w_rows);
#pragma unroll
            for (int step = 0; step < 2; step++) {
                uint32_t left[M][4], right[N][2];
                const void* a_rows[M];
#pragma unroll
                for (int i = 0; i < M; i++) a_rows[i] = stage + a_place(warp_row + i * 16 + lane % 16, (slab * 2 + step) * 2 + lane / 16);
                ptx::ldmatrix_x4(left, a_rows);
#pragma unroll
                for (int j = 0; j < N; j++) widen(right[j], weights[j / 2][j % 2 * 2 + step]);
                ptx::mma_tile_f16(sum, left, right);
            }
        }
    }

    /* sum = the tile of A W^T. `a` and `w` point at the tile's first rows, of which `rows` and `cols` exist; k is a multiple of 64. */
    __device__ __forceinline__ void run(Sum& sum, int8_t* shared, const __half* a, const int8_t* w, int lda, int ldw, int rows, int cols, int k) const {
#pragma unroll
        for (int i = 0; i < M; i++)
#pragma unroll
            for (int j = 0; j < N; j++)
#pragma unroll
                for (int e = 0; e < 4; e++) sum[i][j][e] = 0.0f;
        const int steps = k / DEPTH, stages = min(MAX_STAGES, ptx::dynamic_shared_bytes() / STAGE_BYTES);
        for (int s = 0; s < stages - 1; s++) {
            if (s < steps) copy(shared + s * STAGE_BYTES, a + s * DEPTH, w + s * DEPTH, lda, ldw, rows, cols);
            ptx::cp_async_commit();
        }
        int current = 0, vacant = stages - 1;
        for (int s = 0; s < steps; s++) {
            ptx::cp_async_wait(stages - 2);
            __syncthreads();      // the stage's data is everyone's, and the one filled next has been read by all
            const int ahead = s + stages - 1;
            if (ahead < steps) copy(shared + vacant * STAGE_BYTES, a + (int64_t)ahead * DEPTH, w + (int64_t)ahead * DEPTH, lda, ldw, rows, cols);
            ptx::cp_async_commit();   // also when empty: the wait counts groups
            if (warp_row < rows) multiply(sum, shared + current * STAGE_BYTES);
            current = current + 1 == stages ? 0 : current + 1;
            vacant = vacant + 1 == stages ? 0 : vacant + 1;
        }
        ptx::cp_async_wait<0>();
    }
};

/* The tiles that there are kernels for, by rows and columns. */
using GemmW8Tile16x128 = GemmW8Tile<16, 128, 16, 32>;
using GemmW8Tile32x64 = GemmW8Tile<32, 64, 16, 32>;
using GemmW8Tile64x128 = GemmW8Tile<64, 128, 32, 64>;
using GemmW8Tile128x128 = GemmW8Tile<128, 128, 64, 64>;
using GemmW8Tile256x128 = GemmW8Tile<256, 128, 64, 64>;
