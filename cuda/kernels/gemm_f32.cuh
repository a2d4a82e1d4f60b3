#pragma once
#include "ptx/device.cuh"
#include "ptx/fma.cuh"

/*
 * The main loop of every fp32 matrix product: one CTA of 128 threads computes a ROWS x 128 tile of A W^T with FFMA.
 *
 * Threads form a grid of 8 rows by 16 columns; each holds ROWS / 8 rows and twice 4 columns, 64 apart. Slices of 16 columns of K go
 * through registers into shared memory, transposed, and two slices take turns, so that a step needs one barrier.
 *
 * An element is one chain of fmaf over k = 0, 1, 2, ..., whatever the tile: the exact order of a plain loop.
 */
template <int ROWS_>
struct GemmF32Tile {
    static constexpr int ROWS = ROWS_, COLS = 128, DEPTH = 16, THREADS = 128;
    static constexpr int M = ROWS / 8, N = 8;
    static constexpr int GROUP = M < 4 ? M : 4;                           // neighbouring rows of a thread
    static constexpr int A_STRIDE = ROWS + 4, W_STRIDE = COLS + 4;        // the transposed stores meet fewer bank conflicts
    static constexpr int STAGE = DEPTH * (A_STRIDE + W_STRIDE);
    static constexpr int SHARED_BYTES = 2 * STAGE * 4;
    static constexpr int LOAD_ROWS = THREADS / (DEPTH / 4);
    static_assert(M % GROUP == 0 && ROWS % 16 == 0, "rows of a thread come in whole groups");

    typedef float Element;
    typedef float Sum[M][N];

    int thread_row, thread_col;

    __device__ __forceinline__ GemmF32Tile() {
        thread_row = threadIdx.x / 16;
        thread_col = threadIdx.x % 16;
    }

    __device__ __forceinline__ int row(int i) const { return i / GROUP * (8 * GROUP) + thread_row * GROUP + i % GROUP; }
    __device__ __forceinline__ int col(int j) const { return j / 4 * 64 + thread_col * 4 + j % 4; }

    /* This thread's part of a slice of `COUNT` rows, zeros beyond `valid`. */
    template <int COUNT>
    struct Slice {
        static constexpr int LOADS = (COUNT + LOAD_ROWS - 1) / LOAD_ROWS;
        float4 part[LOADS];

        __device__ __forceinline__ void load(const float* source, int stride, int valid) {
            int r = threadIdx.x / (DEPTH / 4), c = threadIdx.x % (DEPTH / 4) * 4;
#pragma unroll
            for (int i = 0; i < LOADS; i++) {
                bool inside = r + i * LOAD_ROWS < valid && r + i * LOAD_ROWS < COUNT;
                part[i] = inside ? *(const float4*)(source + (int64_t)(r + i * LOAD_ROWS) * stride + c) : make_float4(0, 0, 0, 0);
            }
        }

        __device__ __forceinline__ void store(float* shared, int stride) const {
            int r = threadIdx.x / (DEPTH / 4), c = threadIdx.x % (DEPTH / 4) * 4;
#pragma unroll
            for (int i = 0; i < LOADS; i++) {
                int to = r + i * LOAD_ROWS;
                if (COUNT % LOAD_ROWS != 0 && to >= COUNT) continue;
                shared[c * stride + to] = part[i].x;
                shared[(c + 1) * stride + to] = part[i].y;
                shared[(c + 2) * stride + to] = part[i].z;
                shared[(c + 3) * stride + to] = part[i].w;
            }
        }
    };

    /* Two or four neighbours at once. */
    static __device__ __forceinline__ void read(float (&to)[2], const float* from) {
        float2 v = *(const float2*)from;
        to[0] = v.x, to[1] = v.y;
    }
    static __device__ __forceinline__ void read(float (&to)[4], const float* from) {
        float4 v = *(const float4*)from;
        to[0] = v.x, to[1] = v.y, to[2] = v.z, to[3] = v.w;
    }

    __device__ __forceinline__ void multiply(float4 (&sum)[M][2], const float* a, const float* w) const {
#pragma unroll
        for (int k = 0; k < DEPTH; k++) {
            const float4 right0 = *(const float4*)(w + k * W_STRIDE + col(0)), right1 = *(const float4*)(w + k * W_STRIDE + col(4));
#pragma unroll
            for (int i = 0; i < M; i += GROUP) {
                float left[GROUP];
                read(left, a + k * A_STRIDE + row(i));
#pragma unroll
                for (int g = 0; g < GROUP; g++) {
                    ptx::fma4(sum[i + g][0], left[g], right0);
                    ptx::fma4(sum[i + g][1], left[g], right1);
                }
            }
        }
    }

    /* sum = the tile of A W^T. `a` and `w` point at the tile's first rows, of which `rows` and `cols` exist; k is a multiple of 64. */
    __device__ __forceinline__ void run(Sum& sum, float* shared, const float* a, const float* w, int lda, int ldw, int rows,
                                        int cols, int k) const {
        float4 four[M][2];
#pragma unroll
        for (int i = 0; i < M; i++) four[i][0] = four[i][1] = make_float4(0, 0, 0, 0);
        Slice<ROWS> next_a;
        Slice<COLS> next_w;
        next_a.load(a, lda, rows);
        next_w.load(w, ldw, cols);
        float* slice = shared;
        float* other = shared + STAGE;
        for (int at = DEPTH; at <= k; at += DEPTH) {
            next_a.store(slice, A_STRIDE);
            next_w.store(slice + DEPTH * A_STRIDE, W_STRIDE);
            __syncthreads();      // the slice is everyone's; it was last read before the barrier of the step between
            if (at < k) {
                next_a.load(a + at, lda, rows);
                next_w.load(w + at, ldw, cols);
            }
            multiply(four, slice, slice + DEPTH * A_STRIDE);
            float* swap = slice;
            slice = other;
            other = swap;
        }
#pragma unroll
        for (int i = 0; i < M; i++)
#pragma unroll
            for (int part = 0; part < 2; part++) {
                sum[i][part * 4] = four[i][part].x;
                sum[i][part * 4 + 1] = four[i][part].y;
                sum[i][part * 4 + 2] = four[i][part].z;
                sum[i][part * 4 + 3] = four[i][part].w;
            }
    }
};

/* The tiles that there are kernels for, by rows and columns. */
using GemmF32Tile16x128 = GemmF32Tile<16>;
using GemmF32Tile64x128 = GemmF32Tile<64>;
