#include "ptx/device.cuh"
#include "params/gemm_argmax.h"
#include "argmax.cuh"
#include "gemm_f32.cuh"
#include "warp.cuh"

namespace {

/*
 * Output layer with its argmax in fp32: each row's largest logit in every 64 columns. The main loop is gemm_f32's.
 * Grid: x = ceil(n / 128), y = ceil(m / tile rows). The suffix is the tile's number of rows, none is 64.
 */
template <typename Tile>
__device__ __forceinline__ void gemm_argmax(const GemmArgmaxParams& p) {
    const int first_row = blockIdx.y * Tile::ROWS, first_col = blockIdx.x * Tile::COLS;
    const int m = true_rows(p.m, p.device_rows);
    if (first_row >= m) return;
    PARASOL_DYNAMIC_SHARED(float, shared);
    Tile tile;
    float sum[Tile::M][Tile::N];
    tile.run(sum, shared, (const float*)p.a + (int64_t)first_row * p.lda, (const float*)p.w + (int64_t)first_col * p.ldw, p.lda, p.ldw,
             m - first_row, p.n - first_col, p.k);

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

PARASOL_KERNEL(gemm_argmax_f32_16, GemmArgmaxParams, 128) { gemm_argmax<GemmF32Tile<16>>(p); }
PARASOL_KERNEL(gemm_argmax_f32, GemmArgmaxParams, 128) { gemm_argmax<GemmF32Tile<64>>(p); }
