// Warp-wide matrix multiply-accumulate, d += a b, with the fragment layouts of the PTX manual (mma.m16n8k16 for
// .f16, mma.m16n8k32 for .s8). With g = lane / 4 and t = lane % 4:
//
//   m16n8k16 f16   a[0] = A[g    ][2t, 2t+1]      a[2] = A[g    ][2t+8, 2t+9]
//                  a[1] = A[g + 8][2t, 2t+1]      a[3] = A[g + 8][2t+8, 2t+9]
//                  b[0] = B[2t, 2t+1][g]          b[1] = B[2t+8, 2t+9][g]
//   m16n8k32 s8    the same with bytes 4t .. 4t+3 in place of halves 2t, 2t+1, and + 16 in place of + 8 along k
//   both           d[0], d[1] = D[g][2t, 2t+1]    d[2], d[3] = D[g + 8][2t, 2t+1]
//
// All 32 lanes must call together. The tile forms are M * N such instructions on fragments that a warp keeps in
// registers; on the software device they meet once instead of M * N times, so kernels should prefer them.
//
// Order of the sum: a GPU does not define it within one instruction. The software device adds the products one by
// one, k ascending, each rounded to fp32 (a product of two halves is exact in fp32).
#pragma once
#include "ptx/device.cuh"

namespace ptx {

#ifdef __CUDACC__

__device__ __forceinline__ void mma_m16n8k16_f16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// Exact as long as the sum stays within 32 bits; wraps beyond.
__device__ __forceinline__ void mma_m16n8k32_s8(int (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm volatile(
        "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

template <int M, int N>
__device__ __forceinline__ void mma_tile_f16(float (&d)[M][N][4], const uint32_t (&a)[M][4], const uint32_t (&b)[N][2]) {
#pragma unroll
    for (int m = 0; m < M; ++m) {
#pragma unroll
        for (int n = 0; n < N; ++n) mma_m16n8k16_f16(d[m][n], a[m], b[n]);
    }
}

template <int M, int N>
__device__ __forceinline__ void mma_tile_s8(int (&d)[M][N][4], const uint32_t (&a)[M][4], const uint32_t (&b)[N][2]) {
#pragma unroll
    for (int m = 0; m < M; ++m) {
#pragma unroll
        for (int n = 0; n < N; ++n) mma_m16n8k32_s8(d[m][n], a[m], b[n]);
    }
}

#else

inline void mma_m16n8k16_f16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2], unsigned line = __builtin_LINE()) {
    softcuda::mmaF16(d, a, b, 1, 1, line);
}

inline void mma_m16n8k32_s8(int (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2], unsigned line = __builtin_LINE()) {
    softcuda::mmaS8(d, a, b, 1, 1, line);
}

template <int M, int N>
inline void mma_tile_f16(float (&d)[M][N][4], const uint32_t (&a)[M][4], const uint32_t (&b)[N][2], unsigned line = __builtin_LINE()) {
    softcuda::mmaF16(d[0][0], a[0], b[0], M, N, line);
}

template <int M, int N>
inline void mma_tile_s8(int (&d)[M][N][4], const uint32_t (&a)[M][4], const uint32_t (&b)[N][2], unsigned line = __builtin_LINE()) {
    softcuda::mmaS8(d[0][0], a[0], b[0], M, N, line);
}

#endif

}  // namespace ptx
