#include "ptx/device.cuh"
#include "params/probe_mma_tile.h"
#include "ptx/mma.cuh"

/*
 * The tile forms of mma.sync, 2 x 2 products a warp on fragments given in registers' own layout.
 * Grid: as many blocks of 128 threads as hold the warps; lane l of warp i owns entry 32 i + l of every array.
 */
static __device__ __forceinline__ void mma_tile(float (&d)[2][2][4], const uint32_t (&a)[2][4], const uint32_t (&b)[2][2]) { ptx::mma_tile_f16(d, a, b); }
static __device__ __forceinline__ void mma_tile(int (&d)[2][2][4], const uint32_t (&a)[2][4], const uint32_t (&b)[2][2]) { ptx::mma_tile_s8(d, a, b); }

template <typename Sum>
static __device__ __forceinline__ void probe(const ProbeMmaTileParams& p) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i / 32 >= p.warps) return;
    const uint32_t* left = (const uint32_t*)p.a + 8 * (int64_t)i;
    const uint32_t* right = (const uint32_t*)p.b + 4 * (int64_t)i;
    uint32_t a[2][4], b[2][2];
    Sum d[2][2][4];
#pragma unroll
    for (int j = 0; j < 8; j++) a[j / 4][j % 4] = left[j];
#pragma unroll
    for (int j = 0; j < 4; j++) b[j / 2][j % 2] = right[j];
#pragma unroll
    for (int j = 0; j < 16; j++) d[j / 8][j / 4 % 2][j % 4] = ((const Sum*)p.c)[16 * (int64_t)i + j];
    mma_tile(d, a, b);
#pragma unroll
    for (int j = 0; j < 16; j++) ((Sum*)p.d)[16 * (int64_t)i + j] = d[j / 8][j / 4 % 2][j % 4];
}

PARASOL_KERNEL(probe_mma_tile_f16, ProbeMmaTileParams, 128) { probe<float>(p); }
PARASOL_KERNEL(probe_mma_tile_s8, ProbeMmaTileParams, 128) { probe<int>(p); }
