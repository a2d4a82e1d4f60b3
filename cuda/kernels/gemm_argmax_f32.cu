#include "ptx/device.cuh"
#include "params/gemm_argmax.h"
#include "argmax.cuh"
#include "gemm_block.cuh"
#include "gemm_f32.cuh"

namespace {

/*
 * Output layer with its argmax in fp32: each row's largest logit in every 64 columns. The main loop is gemm_f32's.
 * Grid: x = ceil(n / 128), y = ceil(m / tile rows). A kernel's name ends with its tile's rows and columns.
 */
template <typename Tile>
__device__ __forceinline__ void gemm_argmax(const GemmArgmaxParams& p) {
    Tile tile;
    typename Tile::Sum sum;
    GemmPlace place;
    if (!multiply_block(p, tile, sum, place)) return;
    const int first_row = place.row, first_col = place.col, m = place.m;

    // A thread's columns 0..3 belong to the tile's first 64 columns, 4..7 to the second.
#pragma unroll
    for (int part = 0; part < 2; part++) {
        const int part_col = first_col + part * ARGMAX_COLUMNS;
        if (part_col >= p.n) continue;
        const int64_t at = (int64_t)(part_col / ARGMAX_COLUMNS) * p.m;
#pragma unroll
        for (int i = 0; i < Tile::M; i++) {
            const int row = first_row + tile.row(i);
            Best best{-INFINITY, part_col};
#pragma unroll
            for (int j = 0; j < 4; j++) {
                const int col = first_col + tile.col(part * 4 + j);
                if (col < p.n) best.join(sum[i][part * 4 + j] + (p.bias ? __ldg(p.bias + col) : 0.0f), col);
            }
            best.join_lanes(16);
            if (tile.thread_col == 0 && row < m) {
                p.partial_values[at + row] = best.value;
                p.partial_ids[at + row] = best.id;
            }
        }
    }
}

}

PARASOL_KERNEL(gemm_argmax_f32_16x128, GemmArgmaxParams, 128) { gemm_argmax<GemmF32Tile16x128>(p); }
PARASOL_KERNEL(gemm_argmax_f32_64x128, GemmArgmaxParams, 128) { gemm_argmax<GemmF32Tile64x128>(p); }
