#include "ptx/device.cuh"
#include "params/probe_fma.h"
#include "ptx/fma.cuh"

/* Four multiply-adds a thread, each rounded once. Grid: blocks of 128 threads. */
PARASOL_KERNEL(probe_fma, ProbeFmaParams, 128) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.count) return;
    float4 sum = ((const float4*)p.sum)[i];
    ptx::fma4(sum, ((const float*)p.left)[i], ((const float4*)p.right)[i]);
    ((float4*)p.sum)[i] = sum;
}
