#include "ptx/bulk_copy.cuh"
#include "ptx/device.cuh"
#include "ptx/wgmma.cuh"
#include "params/probe_wgmma.h"

namespace {

/* Columns that lie side by side in a swizzle, and the bytes before an element of a matrix of `rows` rows. */
template <ptx::Swizzle SWIZZLE>
struct Layout {
    static constexpr int COLS = SWIZZLE == ptx::Swizzle::Bytes128 ? 64 : SWIZZLE == ptx::Swizzle::Bytes64 ? 32 : 16;
    static constexpr int PITCH = COLS * 2;
    static constexpr uint32_t LEADING = SWIZZLE == ptx::Swizzle::None ? 128 : 0, STRIDE = SWIZZLE == ptx::Swizzle::None ? 256 : 8 * PITCH;

    static __device__ __forceinline__ int place(int rows, int row, int col) {
        const int part = col / COLS * rows * PITCH, chunk = col % COLS / 8, within = col % 8 * 2;
        if (SWIZZLE == ptx::Swizzle::None) return part + row / 8 * 256 + chunk * 128 + row % 8 * 16 + within;
        return part + row * PITCH + (chunk ^ (row * PITCH / 128 & (PITCH / 16 - 1))) * 16 + within;
    }
};

template <ptx::Swizzle SWIZZLE>
__device__ __forceinline__ void multiply(const ProbeWgmmaParams& p, char* a, char* b, int number) {
    using Place = Layout<SWIZZLE>;
    const __half* left = (const __half*)p.a + (int64_t)blockIdx.x * 64 * 64;
    const __half* right = (const __half*)p.b + (int64_t)blockIdx.x * 128 * 64;
    for (int i = threadIdx.x; i < 64 * 64; i += blockDim.x) *(__half*)(a + Place::place(64, i / 64, i % 64)) = left[i];
    for (int i = threadIdx.x; i < 128 * 64; i += blockDim.x) *(__half*)(b + Place::place(128, i / 64, i % 64)) = right[i];
    ptx::fence_proxy_async();
    __syncthreads();
    float d[64];
    ptx::wgmma_fence();
#pragma unroll
    for (int k = 0; k < 64; k += 16) {
        const int part = k / Place::COLS, within = k % Place::COLS * 2;
        const uint64_t from_a = ptx::matrix_descriptor(a + part * 64 * Place::PITCH, Place::LEADING, Place::STRIDE, SWIZZLE);
        const uint64_t from_b = ptx::matrix_descriptor(b + part * 128 * Place::PITCH, Place::LEADING, Place::STRIDE, SWIZZLE);
        ptx::wgmma_m64n128k16_f16(d, ptx::advance(from_a, within), ptx::advance(from_b, within), k > 0);
    }
    ptx::wgmma_commit();
    ptx::wgmma_wait<0>();
    ptx::wgmma_ready(d);
    float* out = p.d + (((int64_t)blockIdx.x * 4 + number) * 128 + threadIdx.x) * 64;
#pragma unroll
    for (int i = 0; i < 64; i++) out[i] = d[i];
    __syncthreads();
}

}

/* Grid: blocks of 128 threads. Dynamic shared memory: 24 KiB. */
PARASOL_KERNEL(probe_wgmma, ProbeWgmmaParams, 128) {
    PARASOL_DYNAMIC_SHARED_1024(char, shared);
    multiply<ptx::Swizzle::None>(p, shared, shared + 8192, 0);
    multiply<ptx::Swizzle::Bytes32>(p, shared, shared + 8192, 1);
    multiply<ptx::Swizzle::Bytes64>(p, shared, shared + 8192, 2);
    multiply<ptx::Swizzle::Bytes128>(p, shared, shared + 8192, 3);
}
