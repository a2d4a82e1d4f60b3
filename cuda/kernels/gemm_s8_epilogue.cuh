#pragma once
#include "params/gemm_s8.h"
#include "gemm_block.cuh"
#include "gemm_epilogue.cuh"
#include "quantize.cuh"

/*
 * What follows the products of int8 factors, on the sums that a warp holds of a tile: M x N fragments of 16 rows and 8 columns. The same steps for every
 * instruction that made the sums, which are exact: the same bits.
 */

/* The scales of the rows that a lane holds; 0 where there is no such row. */
template <typename Tile>
struct RowScales {
    float of[Tile::M][2];

    __device__ __forceinline__ RowScales(const GemmS8Params& p, const Tile& tile, const GemmPlace& at) {
#pragma unroll
        for (int i = 0; i < Tile::M; i++)
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = at.row + tile.row(i, half);
                of[i][half] = row < at.m ? p.a_scales[(int64_t)row * p.a_scale_stride] : 0.0f;
            }
    }
};

/* The scale and the bias of two neighbouring columns; 0 behind the last. */
struct Columns {
    float scale0, scale1, bias0, bias1;

    __device__ __forceinline__ Columns(const GemmS8Params& p, int col) {
        const bool one = col < p.n, two = col + 1 < p.n;
        scale0 = one ? __ldg(p.w_scales + col) : 0.0f;
        scale1 = two ? __ldg(p.w_scales + col + 1) : 0.0f;
        bias0 = one && p.bias ? __ldg(p.bias + col) : 0.0f;
        bias1 = two && p.bias ? __ldg(p.bias + col + 1) : 0.0f;
    }
};

/* A sum of whole numbers times the scales of its row and its column. */
__device__ __forceinline__ float scaled(int sum, float row_scale, float column_scale) { return __fmul_rn(__int2float_rn(sum), row_scale * column_scale); }

/* C in floating point; A has one scale for all or one for each row. */
template <typename Out, typename Tile>
__device__ __forceinline__ void finish_s8(const GemmS8Params& p, const Tile& tile, const typename Tile::Sum& sum, const GemmPlace& at) {
    const RowScales<Tile> scales(p, tile, at);
    const bool pairs = pairs_allowed<Out>(p);
#pragma unroll
    for (int j = 0; j < Tile::N; j++) {
        const int col = at.col + tile.col(j);
        if (col >= p.n) continue;
        const Columns columns(p, col);
#pragma unroll
        for (int i = 0; i < Tile::M; i++)
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = at.row + tile.row(i, half);
                if (row >= at.m) continue;
                finish_pair<Out>(p, row, col, col + 1 < p.n, pairs, scaled(sum[i][j][half * 2], scales.of[i][half], columns.scale0),
                                 scaled(sum[i][j][half * 2 + 1], scales.of[i][half], columns.scale1), columns.bias0, columns.bias1);
            }
    }
}

/* C in floating point; the totals of the blocks' sums, each times its scale of A. */
template <typename Out, typename Tile>
__device__ __forceinline__ void finish_s8_blocks(const GemmS8Params& p, const Tile& tile, const float (&total)[Tile::M][Tile::N][4], const GemmPlace& at) {
    const bool pairs = pairs_allowed<Out>(p);
#pragma unroll
    for (int j = 0; j < Tile::N; j++) {
        const int col = at.col + tile.col(j);
        if (col >= p.n) continue;
        const Columns columns(p, col);
#pragma unroll
        for (int i = 0; i < Tile::M; i++)
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = at.row + tile.row(i, half);
                if (row < at.m)
                    finish_pair<Out>(p, row, col, col + 1 < p.n, pairs, __fmul_rn(total[i][j][half * 2], columns.scale0),
                                     __fmul_rn(total[i][j][half * 2 + 1], columns.scale1), columns.bias0, columns.bias1);
            }
    }
}

/* Before C is quantized: the sums of fragments j become the bits of their values, with bias and ReLU, and `most` the largest magnitudes by row. */
template <typename Tile>
__device__ __forceinline__ void value_in_place(const GemmS8Params& p, const Tile& tile, typename Tile::Sum& sum, int j, const RowScales<Tile>& scales,
                                               const GemmPlace& at, float (&most)[Tile::M][2]) {
    const Columns columns(p, at.col + tile.col(j));
#pragma unroll
    for (int i = 0; i < Tile::M; i++)
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float x = scaled(sum[i][j][half * 2], scales.of[i][half], columns.scale0) + columns.bias0;
            float y = scaled(sum[i][j][half * 2 + 1], scales.of[i][half], columns.scale1) + columns.bias1;
            if (p.relu) x = relu(x), y = relu(y);
            most[i][half] = wider(wider(most[i][half], x), y);
            sum[i][j][half * 2] = __float_as_int(x), sum[i][j][half * 2 + 1] = __float_as_int(y);
        }
}

/* The largest magnitude of a quad, the four lanes that hold a row, in each of them. */
__device__ __forceinline__ float quad_widest(float most) {
    most = wider(most, __shfl_xor_sync(0xffffffffu, most, 1));
    return wider(most, __shfl_xor_sync(0xffffffffu, most, 2));
}
