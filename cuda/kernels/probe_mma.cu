#include "ptx/device.cuh"
#include "params/probe_mma.h"
#include "ptx/mma.cuh"

/*
 * One mma.sync a warp on fragments given in registers' own layout, so that a GPU's tensor cores can be compared with the software
 * device's. Grid: as many blocks of 128 threads as hold the warps; lane l of warp i owns entry 32 i + l of every array.
 */
PARASOL_KERNEL(probe_mma_f16, ProbeMmaParams, 128) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i / 32 >= p.warps) return;
    const uint4 a = ((const uint4*)p.a)[i];
    const uint2 b = ((const uint2*)p.b)[i];
    const float4 c = ((const float4*)p.c)[i];
    float d[4] = {c.x, c.y, c.z, c.w};
    const uint32_t left[4] = {a.x, a.y, a.z, a.w};
    const uint32_t right[2] = {b.x, b.y};
    ptx::mma_m16n8k16_f16(d, left, right);
    ((float4*)p.d)[i] = make_float4(d[0], d[1], d[2], d[3]);
}

PARASOL_KERNEL(probe_mma_s8, ProbeMmaParams, 128) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i / 32 >= p.warps) return;
    const uint4 a = ((const uint4*)p.a)[i];
    const uint2 b = ((const uint2*)p.b)[i];
    const int4 c = ((const int4*)p.c)[i];
    int d[4] = {c.x, c.y, c.z, c.w};
    const uint32_t left[4] = {a.x, a.y, a.z, a.w};
    const uint32_t right[2] = {b.x, b.y};
    ptx::mma_m16n8k32_s8(d, left, right);
    ((int4*)p.d)[i] = make_int4(d[0], d[1], d[2], d[3]);
}
