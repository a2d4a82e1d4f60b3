#include "ptx/device.cuh"
#include "params/gemm_argmax.h"
#include "argmax.cuh"
#include "gemm_f16.cuh"
#include "warp.cuh"

namespace {

/*
 * Output layer with its argmax: each row's largest logit in every 64 columns. The main loop is gemm_f16's.
 * Grid: x = ceil(n / tile columns), y = ceil(m / tile rows). The suffix is the tile's number of rows, none is 64.
 */
template <typename Tile>
__device__ __forceinline__ void gemm_argmax(const GemmArgmaxParams& p) {
    static_assert(Tile::WARP_COLS == ARGMAX_COLUMNS, "a warp holds the whole width of a partial result");
    const int first_row = blockIdx.y * Tile::ROWS, first_col = blockIdx.x * Tile::COLS;
    const int m = true_rows(p.m, p.device_rows);
    if (first_row >= m) return;
    PARASOL_DYNAMIC_SHARED(__half, shared);
    Tile tile;
    float sum[Tile::M][Tile::N][4];
    tile.run(sum, shared, (const __half*)p.a + (int64_t)first_row * p.lda, (const __half*)p.w + (int64_t)first_col * p.ldw, p.lda, p.ldw,
             m - first_row, p.n - first_col, p.k);

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

/* A small batch of rows needs a wider tile here than in gemm_f16, since a warp spans 64 columns. */
using ArgmaxTile16 = GemmF16Tile<16, 256, 16, 64, 3>;

}

PARASOL_KERNEL(gemm_argmax_f16_16, GemmArgmaxParams, 128) { gemm_argmax<ArgmaxTile16>(p); }
PARASOL_KERNEL(gemm_argmax_f16, GemmArgmaxParams, 128) { gemm_argmax<GemmF16Tile64>(p); }
PARASOL_KERNEL(gemm_argmax_f16_128, GemmArgmaxParams, 128) { gemm_argmax<GemmF16Tile128>(p); }
