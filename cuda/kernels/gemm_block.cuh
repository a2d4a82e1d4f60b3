#pragma once
#include "ptx/device.cuh"
#include "warp.cuh"

/*
 * What every matrix product by warps begins with: which tile of A W^T a block computes, and its sums. Tile is an MmaTile or GemmF32Tile,
 * Params has the fields a, w, device_rows, m, n, k, lda, ldw.
 */

/* Row tiles that go through the columns together. */
constexpr int GEMM_GROUP = 8;

/* Where a tile begins, and the true number of rows; where row >= m there is nothing to do. */
struct GemmPlace {
    int row, col, m;
};

/*
 * Blocks take the tiles of GEMM_GROUP row tiles column by column, then those of the next ones: the blocks at work at one time are
 * a block of tiles that share rows and columns in L2, and not a strip of one row and all columns.
 */
template <typename Tile>
__device__ __forceinline__ GemmPlace gemm_place(int m, const int32_t* device_rows) {
    const int id = blockIdx.y * gridDim.x + blockIdx.x, first = id / (GEMM_GROUP * gridDim.x) * GEMM_GROUP;
    const int rows = min(GEMM_GROUP, (int)gridDim.y - first), within = id - first * gridDim.x;
    return GemmPlace{(first + within % rows) * Tile::ROWS, within / rows * Tile::COLS, true_rows(m, device_rows)};
}

/* False, and no sums, where the block has no row; that is so for the whole block. */
template <typename Tile, typename Params>
__device__ __forceinline__ bool multiply_block(const Params& p, const Tile& tile, typename Tile::Sum& sum, GemmPlace& at) {
    typedef typename Tile::Element Element;
    at = gemm_place<Tile>(p.m, p.device_rows);
    if (at.row >= at.m) return false;
    PARASOL_DYNAMIC_SHARED(Element, shared);
    tile.run(sum, shared, (const Element*)p.a + (int64_t)at.row * p.lda, (const Element*)p.w + (int64_t)at.col * p.ldw, p.lda, p.ldw,
             at.m - at.row, p.n - at.col, p.k);
    return true;
}
