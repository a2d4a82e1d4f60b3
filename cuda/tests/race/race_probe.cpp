// Kernels with a race when a barrier is left out on purpose, to prove that ThreadSanitizer sees races between the
// threads of a block, of a warp, and of a grid. `race-probe NAME` runs one of them; see expect-races.
#include <stdio.h>
#include <string.h>

#include "ptx/cp_async.cuh"
#include "ptx/device.cuh"
#include "ptx/ldmatrix.cuh"

namespace {

struct RaceParams {
    int* out;
    const int* in;
    bool ordered;
};

}  // namespace

PARASOL_KERNEL(race_block, RaceParams, 128) {
    PARASOL_DYNAMIC_SHARED(int, shared);
    const int i = threadIdx.x;
    shared[i] = i;
    if (p.ordered) __syncthreads();
    p.out[blockIdx.x * blockDim.x + i] = shared[(i + 40) % blockDim.x];
}

// The barrier at a loop's end: without it a fast thread overwrites what a slow one still reads.
PARASOL_KERNEL(race_loop, RaceParams, 128) {
    __shared__ int shared[128];
    const int i = threadIdx.x;
    int x = i;
    for (int step = 0; step < 3; ++step) {
        shared[i] = x;
        __syncthreads();
        x += shared[(i + 40) % blockDim.x];
        if (p.ordered) __syncthreads();
    }
    p.out[blockIdx.x * blockDim.x + i] = x;
}

// A shuffle meets, but orders no memory.
PARASOL_KERNEL(race_warp, RaceParams, 128) {
    PARASOL_DYNAMIC_SHARED(int, shared);
    const int i = threadIdx.x;
    shared[i] = i;
    const int x = __shfl_xor_sync(~0u, i, 1);
    if (p.ordered) __syncwarp();
    p.out[blockIdx.x * blockDim.x + i] = shared[i ^ 5] + x;
}

PARASOL_KERNEL(race_ldmatrix, RaceParams, 128) {
    PARASOL_DYNAMIC_SHARED(int, shared);
    const int i = threadIdx.x;
    for (int j = 0; j < 4; ++j) shared[4 * i + j] = j;
    if (p.ordered) __syncthreads();
    uint32_t r[4];
    ptx::ldmatrix_x4(r, shared + 4 * (127 - i));
    p.out[blockIdx.x * blockDim.x + i] = static_cast<int>(r[0]);
}

PARASOL_KERNEL(race_cp_async, RaceParams, 128) {
    PARASOL_DYNAMIC_SHARED(int, shared);
    const int i = threadIdx.x;
    ptx::cp_async_16(shared + 4 * i, p.in + 4 * i, true);
    ptx::cp_async_commit();
    ptx::cp_async_wait<0>();
    if (p.ordered) __syncthreads();
    p.out[blockIdx.x * blockDim.x + i] = shared[4 * (127 - i)];
}

PARASOL_KERNEL(race_grid, RaceParams, 128) {
    if (threadIdx.x != 0) return;
    if (p.ordered) {
        atomicAdd(p.out, 1);
    } else {
        for (int i = 0; i < 1000; ++i) p.out[0] += 1;
    }
}

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const softcuda::KernelEntry* kernel = softcuda::findKernel(argv[1]);
    if (kernel == nullptr) return 2;
    static int in[512], out[64 * 128];
    const RaceParams params{out, in, strcmp(argv[2], "ordered") == 0};
    const softcuda::LaunchResult result = softcuda::launch(*kernel, softcuda::LaunchConfig{{64}, {128}, 2048}, &params);
    return result.code == 0 ? 0 : 3;
}
