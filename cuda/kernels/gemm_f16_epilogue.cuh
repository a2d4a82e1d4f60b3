#pragma once
#include "params/gemm.h"
#include "gemm_block.cuh"
#include "gemm_epilogue.cuh"

/* What follows the fp16 product, on the sums that a warp holds of a tile: M x N fragments of 16 rows and 8 columns. */
template <typename Out, typename Tile>
__device__ __forceinline__ void finish_f16(const GemmParams& p, const Tile& tile, const typename Tile::Sum& sum, const GemmPlace& at) {
    const bool pairs = pairs_allowed<Out>(p);
#pragma unroll
    for (int j = 0; j < Tile::N; j++) {
        const int col = at.col + tile.col(j);
        const bool two = col + 1 < p.n;
        if (col >= p.n) continue;
        const float bias0 = p.bias ? __ldg(p.bias + col) : 0.0f, bias1 = p.bias && two ? __ldg(p.bias + col + 1) : 0.0f;
#pragma unroll
        for (int i = 0; i < Tile::M; i++)
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = at.row + tile.row(i, half);
                if (row < at.m) finish_pair<Out>(p, row, col, two, pairs, sum[i][j][half * 2], sum[i][j][half * 2 + 1], bias0, bias1);
            }
    }
}

/* The whole kernel of a tile by warps. */
template <typename Tile, typename Out>
__device__ __forceinline__ void gemm_f16(const GemmParams& p) {
    Tile tile;
    typename Tile::Sum sum;
    GemmPlace at;
    if (multiply_block(p, tile, sum, at)) finish_f16<Out>(p, tile, sum, at);
}
