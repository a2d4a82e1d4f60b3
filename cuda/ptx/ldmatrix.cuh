// Warp-wide load of 8x8 matrices of 16-bit elements from shared memory into mma fragments.
//
// Matrix m's eight rows, 16 bytes each, lie at the addresses given by lanes 8m .. 8m+7 (x2: the addresses of lanes
// 16 .. 31 are not used); each must be 16-byte aligned. With g = lane / 4 and t = lane % 4, a lane receives in r[m]
// the elements [g][2t], [g][2t+1] of matrix m, or with _trans the elements [2t][g], [2t+1][g].
//
// All 32 lanes must call together. The forms that take N addresses are N such instructions; the software device
// meets once for all of them, so kernels should prefer them.
#pragma once
#include "ptx/device.cuh"

namespace ptx {

#ifdef __CUDACC__

__device__ __forceinline__ void ldmatrix_x4(uint32_t (&r)[4], const void* sharedRow) {
    const uint32_t address = static_cast<uint32_t>(__cvta_generic_to_shared(sharedRow));
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address)
                 : "memory");
}

__device__ __forceinline__ void ldmatrix_x2(uint32_t (&r)[2], const void* sharedRow) {
    const uint32_t address = static_cast<uint32_t>(__cvta_generic_to_shared(sharedRow));
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(address) : "memory");
}

__device__ __forceinline__ void ldmatrix_x4_trans(uint32_t (&r)[4], const void* sharedRow) {
    const uint32_t address = static_cast<uint32_t>(__cvta_generic_to_shared(sharedRow));
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address)
                 : "memory");
}

__device__ __forceinline__ void ldmatrix_x2_trans(uint32_t (&r)[2], const void* sharedRow) {
    const uint32_t address = static_cast<uint32_t>(__cvta_generic_to_shared(sharedRow));
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(address) : "memory");
}

template <int N>
__device__ __forceinline__ void ldmatrix_x4(uint32_t (&r)[N][4], const void* const (&sharedRows)[N]) {
#pragma unroll
    for (int i = 0; i < N; ++i) ldmatrix_x4(r[i], sharedRows[i]);
}

template <int N>
__device__ __forceinline__ void ldmatrix_x4_trans(uint32_t (&r)[N][4], const void* const (&sharedRows)[N]) {
#pragma unroll
    for (int i = 0; i < N; ++i) ldmatrix_x4_trans(r[i], sharedRows[i]);
}

#else

inline void ldmatrix_x4(uint32_t (&r)[4], const void* sharedRow, unsigned line = __builtin_LINE()) {
    softcuda::loadMatrices(r, &sharedRow, 1, 4, false, line);
}

inline void ldmatrix_x2(uint32_t (&r)[2], const void* sharedRow, unsigned line = __builtin_LINE()) {
    softcuda::loadMatrices(r, &sharedRow, 1, 2, false, line);
}

inline void ldmatrix_x4_trans(uint32_t (&r)[4], const void* sharedRow, unsigned line = __builtin_LINE()) {
    softcuda::loadMatrices(r, &sharedRow, 1, 4, true, line);
}

inline void ldmatrix_x2_trans(uint32_t (&r)[2], const void* sharedRow, unsigned line = __builtin_LINE()) {
    softcuda::loadMatrices(r, &sharedRow, 1, 2, true, line);
}

template <int N>
inline void ldmatrix_x4(uint32_t (&r)[N][4], const void* const (&sharedRows)[N], unsigned line = __builtin_LINE()) {
    softcuda::loadMatrices(r[0], sharedRows, N, 4, false, line);
}

template <int N>
inline void ldmatrix_x4_trans(uint32_t (&r)[N][4], const void* const (&sharedRows)[N], unsigned line = __builtin_LINE()) {
    softcuda::loadMatrices(r[0], sharedRows, N, 4, true, line);
}

#endif

}  // namespace ptx
