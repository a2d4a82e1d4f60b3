#include "ptx/device.cuh"
#include "params/probe_ldmatrix.h"
#include "ptx/ldmatrix.cuh"

/*
 * Fills shared memory, then runs every form of ldmatrix once a warp at the rows that the caller chose for each lane.
 * Grid: as many blocks of 128 threads as hold the warps. Dynamic shared memory: 8 KiB.
 */
PARASOL_KERNEL(probe_ldmatrix, ProbeLdmatrixParams, 128) {
    PARASOL_DYNAMIC_SHARED(uint4, shared);
    for (int i = threadIdx.x; i < 512; i += blockDim.x) shared[i] = ((const uint4*)p.image)[i];
    __syncthreads();
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i / 32 >= p.warps) return;
    const uint4* first = shared + p.rows[2 * i];
    const uint4* second = shared + p.rows[2 * i + 1];
    uint32_t* out = p.output + 28 * (int64_t)i;
    uint32_t x4[4], x2[2];
    uint32_t pair[2][4];
    const void* const both[2] = {first, second};
    ptx::ldmatrix_x4(x4, first);
    for (int j = 0; j < 4; j++) out[j] = x4[j];
    ptx::ldmatrix_x4_trans(x4, first);
    for (int j = 0; j < 4; j++) out[4 + j] = x4[j];
    ptx::ldmatrix_x2(x2, first);
    for (int j = 0; j < 2; j++) out[8 + j] = x2[j];
    ptx::ldmatrix_x2_trans(x2, first);
    for (int j = 0; j < 2; j++) out[10 + j] = x2[j];
    ptx::ldmatrix_x4(pair, both);
    for (int j = 0; j < 8; j++) out[12 + j] = pair[j / 4][j % 4];
    ptx::ldmatrix_x4_trans(pair, both);
    for (int j = 0; j < 8; j++) out[20 + j] = pair[j / 4][j % 4];
}
