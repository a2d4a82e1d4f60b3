#include "ptx/device.cuh"
#include "params/gemm.h"
#include "gemm_block.cuh"
#include "gemm_f32.cuh"

namespace {

/*
 * C = act(A W^T + bias) + residual in fp32.
 * Grid: x = ceil(n / 128), y = ceil(m / tile rows). A kernel's name ends with its tile's rows and columns; both
 * give the same bits.
 */
template <typename Tile>
__device__ __forceinline__ void gemm(const GemmParams& p) {
    Tile tile;
    typename Tile::Sum sum;
    GemmPlace at;
    if (!multiply_block(p, tile, sum, at)) return;

    float* c = (float*)p.c;
#pragma unroll
    for (int j = 0; j < Tile::N; j++) {
        const int col = at.col + tile.col(j);
        if (col >= p.n) continue;
        const float bias = p.bias ? __ldg(p.bias + col) : 0.0f;
#pragma unroll
        for (int i = 0; i < Tile::M; i++) {
            const int row = at.row + tile.row(i);
            if (row >= at.m) continue;
            float x = sum[i][j] + bias;
            if (p.relu && x < 0.0f) x = 0.0f;
            if (p.residual) x += p.residual[(int64_t)row * p.ld_residual + col];
            c[(int64_t)row * p.ldc + col] = x;
        }
    }
}

}

PARASOL_KERNEL(gemm_f32_16x128, GemmParams, 128) { gemm<GemmF32Tile16x128>(p); }
PARASOL_KERNEL(gemm_f32_64x128, GemmParams, 128) { gemm<GemmF32Tile64x128>(p); }
