#include "ptx/device.cuh"
#include "params/gemm_argmax.h"
#include "argmax.cuh"
#include "gemm_argmax_f16.cuh"
#include "gemm_block.cuh"

namespace {

/*
 * Output layer with its argmax: each row's largest logit in every 64 columns. The main loop is gemm_f16's.
 * Grid: x = ceil(n / tile columns), y = ceil(m / tile rows). A kernel's name ends with its tile's rows and columns.
 */
template <typename Tile>
__device__ __forceinline__ void gemm_argmax(const GemmArgmaxParams& p) {
    static_assert(Tile::WARP_COLS == ARGMAX_COLUMNS, "a warp holds the whole width of a partial result");
    Tile tile;
    typename Tile::Sum sum;
    GemmPlace place;
    if (!multiply_block(p, tile, sum, place)) return;
    const int first_row = place.row, first_col = place.col, m = place.m;

    const int warp_col = first_col + tile.warp_col;
    if (first_row + tile.warp_row >= m || warp_col >= p.n) return;     // the whole warp
    Best best[Tile::M][2];
#pragma unroll
    for (int i = 0; i < Tile::M; i++) best[i][0] = best[i][1] = Best{-INFINITY, warp_col};
#pragma unroll
    for (int j = 0; j < Tile::N; j++)
#pragma unroll
        for (int e = 0; e < 2; e++) {
            const int col = first_col + tile.col(j) + e;
            if (col >= p.n) continue;
            const float bias = p.bias ? __ldg(p.bias + col) : 0.0f;
#pragma unroll
            for (int i = 0; i < Tile::M; i++) {
                best[i][0].join(sum[i][j][e] + bias, col);
                best[i][1].join(sum[i][j][2 + e] + bias, col);
            }
        }
    const int64_t at = (int64_t)(warp_col / ARGMAX_COLUMNS) * p.m + first_row;
#pragma unroll
    for (int i = 0; i < Tile::M; i++)
#pragma unroll
        for (int half = 0; half < 2; half++) {
            best[i][half].join_lanes(4);
            const int row = tile.row(i, half);
            if (tile.lane % 4 == 0 && first_row + row < m) {
                p.partial_values[at + row] = best[i][half].value;
                p.partial_ids[at + row] = best[i][half].id;
            }
        }
}

}

#define PARASOL_GEMM_ARGMAX_F16(ROWS, COLS)                                                                         \
    PARASOL_KERNEL(gemm_argmax_f16_##ROWS##x##COLS, GemmArgmaxParams, ArgmaxF16Tile##ROWS##x##COLS::THREADS) { \
        gemm_argmax<ArgmaxF16Tile##ROWS##x##COLS>(p);                                                               \
    }
PARASOL_GEMM_ARGMAX_F16(16, 256)
PARASOL_GEMM_ARGMAX_F16(64, 128)
PARASOL_GEMM_ARGMAX_F16(128, 128)
PARASOL_GEMM_ARGMAX_F16(128, 256)
