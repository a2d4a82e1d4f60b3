#include "ptx/device.cuh"
#include "params/gemm_w8.h"
#include "gemm_block.cuh"
#include "gemm_epilogue.cuh"
#include "gemm_w8.cuh"

/*
 * C = act((A W^T) w_scales + bias) + residual with fp16 activations, int8 weights and fp32 sums; C in fp16 or fp32. Grid: x = ceil(n / tile
 * columns), y = ceil(m / tile rows). A kernel's name ends with its tile's rows and columns; every tile, and every depth of its ring, gives the same bits.
 */
namespace {

template <typename Tile, typename Out>
__device__ __forceinline__ void gemm_w8(const GemmW8Params& p) {
    const GemmPlace at = gemm_place<Tile>(p.m, p.device_rows);
    if (at.row >= at.m) return;
    Tile tile;
    typename Tile::Sum sum;
    PARASOL_DYNAMIC_SHARED(int8_t, shared);
    tile.run(sum, shared, (const __half*)p.a + (int64_t)at.row * p.lda, p.w + (int64_t)at.col * p.ldw, p.lda, p.ldw, at.m - at.row, p.n - at.col, p.k);

    const bool pairs = pairs_allowed<Out>(p);
#pragma unroll
    for (int j = 0; j < Tile::N; j++) {
        const int col = at.col + tile.col(j);
        const bool two = col + 1 < p.n;
        if (col >= p.n) continue;
        const float scale0 = __ldg(p.w_scales + col), scale1 = two ? __ldg(p.w_scales + col + 1) : 0.0f;
        const float bias0 = p.bias ? __ldg(p.bias + col) : 0.0f, bias1 = p.bias && two ? __ldg(p.bias + col + 1) : 0.0f;
#pragma unroll
        for (int i = 0; i < Tile::M; i++)
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = at.row + tile.row(i, half);
                if (row < at.m)
                    finish_pair<Out>(p, row, col, two, pairs, __fmul_rn(sum[i][j][half * 2], scale0), __fmul_rn(sum[i][j][half * 2 + 1], scale1), bias0, bias1);
            }
    }
}

}

#define PARASOL_GEMM_W8(ROWS, COLS)                                                                                                     \
    PARASOL_KERNEL(gemm_w8_f16_##ROWS##x##COLS, GemmW8Params, GemmW8Tile##ROWS##x##COLS::THREADS) { gemm_w8<GemmW8Tile##ROWS##x##COLS, __half>(p); } \
    PARASOL_KERNEL(gemm_w8_f32_##ROWS##x##COLS, GemmW8Params, GemmW8Tile##ROWS##x##COLS::THREADS) { gemm_w8<GemmW8Tile##ROWS##x##COLS, float>(p); }
PARASOL_GEMM_W8(16, 128)
PARASOL_GEMM_W8(32, 64)
PARASOL_GEMM_W8(64, 128)
PARASOL_GEMM_W8(128, 128)
PARASOL_GEMM_W8(256, 128)
