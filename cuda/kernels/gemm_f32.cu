#include "ptx/device.cuh"
#include "params/gemm.h"
#include "gemm_f32.cuh"
#include "warp.cuh"

namespace {

/*
 * C = act(A W^T + bias) + residual in fp32.
 * Grid: x = ceil(n / 128), y = ceil(m / tile rows). The suffix is the tile's number of rows, none is 64; both give the same bits.
 */
template <typename Tile>
__device__ __forceinline__ void gemm(const GemmParams& p) {
    const int first_row = blockIdx.y * Tile::ROWS, first_col = blockIdx.x * Tile::COLS;
    const int m = true_rows(p.m, p.device_rows);
    if (first_row >= m) return;
    PARASOL_DYNAMIC_SHARED(float, shared);
    Tile tile;
    float sum[Tile::M][Tile::N];
    tile.run(sum, shared, (const float*)p.a + (int64_t)first_row * p.lda, (const float*)p.w + (int64_t)first_col * p.ldw, p.lda, p.ldw,
             m - first_row, p.n - first_col, p.k);

    float* c = (float*)p.c;
#pragma unroll
    for (int j = 0; j < Tile::N; j++) {
        const int col = first_col + tile.col(j);
        if (col >= p.n) continue;
        const float bias = p.bias ? __ldg(p.bias + col) : 0.0f;
#pragma unroll
        for (int i = 0; i < Tile::M; i++) {
            const int row = first_row + tile.row(i);
            if (row >= m) continue;
            float x = sum[i][j] + bias;
            if (p.relu && x < 0.0f) x = 0.0f;
            if (p.residual) x += p.residual[(int64_t)row * p.ld_residual + col];
            c[(int64_t)row * p.ldc + col] = x;
        }
    }
}

}

PARASOL_KERNEL(gemm_f32_16, GemmParams, 128) { gemm<GemmF32Tile<16>>(p); }
PARASOL_KERNEL(gemm_f32, GemmParams, 128) { gemm<GemmF32Tile<64>>(p); }
