#include "ptx/bulk_copy.cuh"
#include "ptx/device.cuh"
#include "ptx/wgmma.cuh"
#include "params/probe_wgmma.h"

namespace {

constexpr int ROW = 128;      // bytes of an operand's row: four products

/* Bytes of a row that lie side by side in a swizzle, and the bytes before one of a matrix of `rows` rows. */
template <ptx::Swizzle SWIZZLE>
struct Layout {
    static constexpr int PITCH = SWIZZLE == ptx::Swizzle::Bytes128 ? 128 : SWIZZLE == ptx::Swizzle::Bytes64 ? 64 : 32;
    static constexpr uint32_t LEADING = SWIZZLE == ptx::Swizzle::None ? 128 : 0, STRIDE = SWIZZLE == ptx::Swizzle::None ? 256 : 8 * PITCH;

    static __device__ __forceinline__ int place(int rows, int row, int byte) {
        const int part = byte / PITCH * rows * PITCH, chunk = byte % PITCH / 16, within = byte % 16;
        if (SWIZZLE == ptx::Swizzle::None) return part + row / 8 * 256 + chunk * 128 + row % 8 * 16 + within;
        return part + row * PITCH + (chunk ^ (row * PITCH / 128 & (PITCH / 16 - 1))) * 16 + within;
    }
};

__device__ __forceinline__ void product(float (&d)[64], uint64_t a, uint64_t b, bool accumulate) { ptx::wgmma_m64n128k16_f16(d, a, b, accumulate); }
__device__ __forceinline__ void product(int (&d)[64], uint64_t a, uint64_t b, bool accumulate) { ptx::wgmma_m64n128k32_s8(d, a, b, accumulate); }

template <ptx::Swizzle SWIZZLE, typename Sum>
__device__ __forceinline__ void multiply(const ProbeWgmmaParams& p, char* a, char* b, int number) {
    using Place = Layout<SWIZZLE>;
    const char* left = (const char*)p.a + (int64_t)blockIdx.x * 64 * ROW;
    const char* right = (const char*)p.b + (int64_t)blockIdx.x * 128 * ROW;
    for (int i = threadIdx.x * 2; i < 64 * ROW; i += blockDim.x * 2) *(uint16_t*)(a + Place::place(64, i / ROW, i % ROW)) = *(const uint16_t*)(left + i);
    for (int i = threadIdx.x * 2; i < 128 * ROW; i += blockDim.x * 2) *(uint16_t*)(b + Place::place(128, i / ROW, i % ROW)) = *(const uint16_t*)(right + i);
    ptx::fence_proxy_async();
    __syncthreads();
    Sum d[64];
    ptx::wgmma_fence();
#pragma unroll
    for (int k = 0; k < ROW; k += 32) {
        const int part = k / Place::PITCH, within = k % Place::PITCH;
        const uint64_t from_a = ptx::matrix_descriptor(a + part * 64 * Place::PITCH, Place::LEADING, Place::STRIDE, SWIZZLE);
        const uint64_t from_b = ptx::matrix_descriptor(b + part * 128 * Place::PITCH, Place::LEADING, Place::STRIDE, SWIZZLE);
        product(d, ptx::advance(from_a, within), ptx::advance(from_b, within), k > 0);
    }
    ptx::wgmma_commit();
    ptx::wgmma_wait<0>();
    ptx::wgmma_ready(d);
    Sum* out = (Sum*)p.d + (((int64_t)blockIdx.x * 4 + number) * 128 + threadIdx.x) * 64;
#pragma unroll
    for (int i = 0; i < 64; i++) out[i] = d[i];
    __syncthreads();
}

template <typename Sum>
__device__ __forceinline__ void multiply_in_every_swizzle(const ProbeWgmmaParams& p) {
    PARASOL_DYNAMIC_SHARED_1024(char, shared);
    multiply<ptx::Swizzle::None, Sum>(p, shared, shared + 8192, 0);
    multiply<ptx::Swizzle::Bytes32, Sum>(p, shared, shared + 8192, 1);
    multiply<ptx::Swizzle::Bytes64, Sum>(p, shared, shared + 8192, 2);
    multiply<ptx::Swizzle::Bytes128, Sum>(p, shared, shared + 8192, 3);
}

}

/* Grid: blocks of 128 threads. Dynamic shared memory: 24 KiB. */
PARASOL_KERNEL(probe_wgmma_f16, ProbeWgmmaParams, 128) { multiply_in_every_swizzle<float>(p); }
PARASOL_KERNEL(probe_wgmma_s8, ProbeWgmmaParams, 128) { multiply_in_every_swizzle<int>(p); }
