// Prints what the software device's engine costs: a fiber switch, a thread, a barrier, warp operations, the fp16 GEMM.
// PARASOL_SOFT_THREADS=1 measures one core.
#include <stdio.h>

#include <functional>
#include <vector>

#include "params/gemm.h"
#include "ptx/cp_async.cuh"
#include "ptx/device.cuh"
#include "ptx/ldmatrix.cuh"
#include "ptx/mma.cuh"
#include "tests/speed/speed.h"

namespace {

struct SpeedParams {
    float* out;
    int repeats;
};

}  // namespace

PARASOL_KERNEL(speed_trivial, SpeedParams, 1024) { p.out[blockIdx.x * blockDim.x + threadIdx.x] = static_cast<float>(threadIdx.x); }

PARASOL_KERNEL(speed_barrier, SpeedParams, 1024) {
    for (int i = 0; i < p.repeats; ++i) __syncthreads();
}

PARASOL_KERNEL(speed_syncwarp, SpeedParams, 1024) {
    for (int i = 0; i < p.repeats; ++i) __syncwarp();
}

PARASOL_KERNEL(speed_shuffle, SpeedParams, 1024) {
    float x = static_cast<float>(threadIdx.x);
    for (int i = 0; i < p.repeats; ++i) x += __shfl_xor_sync(~0u, x, 16);
    p.out[blockIdx.x * blockDim.x + threadIdx.x] = x;
}

PARASOL_KERNEL(speed_ldmatrix, SpeedParams, 1024) {
    PARASOL_DYNAMIC_SHARED(unsigned char, shared);
    uint32_t r[4], sum = 0;
    for (int i = 0; i < p.repeats; ++i) {
        ptx::ldmatrix_x4(r, shared + threadIdx.x * 16);
        sum += r[0] ^ r[3];
    }
    p.out[blockIdx.x * blockDim.x + threadIdx.x] = static_cast<float>(sum);
}

PARASOL_KERNEL(speed_mma, SpeedParams, 1024) {
    uint32_t a[4] = {}, b[2] = {};
    float d[4] = {};
    for (int i = 0; i < p.repeats; ++i) ptx::mma_m16n8k16_f16(d, a, b);
    p.out[blockIdx.x * blockDim.x + threadIdx.x] = d[0];
}

PARASOL_KERNEL(speed_mma_tile, SpeedParams, 1024) {
    uint32_t a[4][4] = {}, b[4][2] = {};
    float d[4][4][4] = {};
    for (int i = 0; i < p.repeats; ++i) ptx::mma_tile_f16(d, a, b);
    p.out[blockIdx.x * blockDim.x + threadIdx.x] = d[1][1][0];
}

PARASOL_KERNEL(speed_cp_async, SpeedParams, 1024) {
    PARASOL_DYNAMIC_SHARED(unsigned char, shared);
    for (int i = 0; i < p.repeats; ++i) {
        ptx::cp_async_16(shared + threadIdx.x * 16, p.out, true);
        ptx::cp_async_commit();
        ptx::cp_async_wait<0>();
    }
}

namespace {

void gemm(const char* name, int rows, int cols, unsigned shared, int m, int n, int k) {
    std::vector<__half> a(static_cast<size_t>(m) * k + 64, __float2half(0.5f)), w(static_cast<size_t>(n) * k + 64, __float2half(0.25f));
    std::vector<__half> c(static_cast<size_t>(m) * n);
    const auto aligned = [](std::vector<__half>& v) { return reinterpret_cast<__half*>((reinterpret_cast<uintptr_t>(v.data()) + 63) & ~uintptr_t{63}); };
    GemmParams params{};
    params.a = aligned(a);
    params.w = aligned(w);
    params.c = c.data();
    params.m = m;
    params.n = n;
    params.k = params.lda = params.ldw = k;
    params.ldc = n;
    const softcuda::Dim3 grid{static_cast<unsigned>((n + cols - 1) / cols), static_cast<unsigned>((m + rows - 1) / rows)};
    const double s = speed::measure(name, grid, {128}, shared, &params);
    printf("%-24s %d x %d x %d  %8.1f GFLOP/s on %d workers\n", name, m, n, k, 2e-9 * m * n * k / s, softcuda::workerCount());
}

}  // namespace

int main() {
    std::vector<float> out(1 << 20);
    SpeedParams params{out.data(), 1};
    const double launch = speed::measure("speed_barrier", {1}, {1}, 0, &params);
    printf("%-24s %8.1f us\n", "launch of one thread", 1e6 * launch);
    // One block, hence one worker: the cost of an operation per thread.
    const auto perThread = [&](const char* name, const char* label, unsigned threads, unsigned shared, int repeats) {
        params.repeats = repeats;
        const double s = speed::measure(name, {1}, {threads}, shared, &params) - launch;
        printf("%-24s %8.2f ns a thread (%u threads)\n", label, 1e9 * s / threads / repeats, threads);
    };
    const double trivial = speed::measure("speed_trivial", {2000}, {256}, 0, &params);
    printf("%-24s %8.2f ns a thread and worker\n", "trivial kernel", 1e9 * trivial * softcuda::workerCount() / (2000.0 * 256));
    perThread("speed_syncwarp", "__syncwarp", 32, 0, 20000);
    perThread("speed_barrier", "__syncthreads", 128, 0, 5000);
    perThread("speed_barrier", "__syncthreads", 1024, 0, 1000);
    perThread("speed_shuffle", "__shfl_xor_sync", 32, 0, 20000);
    perThread("speed_ldmatrix", "ldmatrix.x4", 32, 16384, 20000);
    perThread("speed_mma", "mma m16n8k16", 32, 0, 20000);
    perThread("speed_mma_tile", "mma tile 4x4", 32, 0, 5000);
    perThread("speed_cp_async", "cp.async, commit, wait", 32, 16384, 20000);
    params.repeats = 5000;
    const double tile = speed::measure("speed_mma_tile", {1}, {32}, 0, &params) - launch;
    printf("%-24s %8.1f GFLOP/s a core\n", "mma tile 4x4", 1e-9 * 2 * 64 * 32 * 16 * params.repeats / tile);
    if (softcuda::findKernel("gemm_f16_f16_64x128") != nullptr) {
        gemm("gemm_f16_f16_16x128", 16, 128, 4 * 144 * 64 * 2, 16, 2048, 512);
        gemm("gemm_f16_f16_64x128", 64, 128, 3 * 192 * 64 * 2, 256, 1024, 512);
        gemm("gemm_f16_f16_128x128", 128, 128, 3 * 256 * 64 * 2, 256, 1024, 512);
    }
    return 0;
}
