#include "ptx/device.cuh"
#include "params/gemm.h"
#include "gemm_f16_epilogue.cuh"
#include "gemm_f16_sm90.cuh"

namespace {

/*
 * C = act(A W^T + bias) + residual in fp16 with fp32 accumulation; C in fp16 or fp32; W in the layout of weight_tiles.cuh (ldw is k).
 * Grid: any number of CTAs, at best the smaller of the tiles and the multiprocessors. The suffix of a kernel's name is its tile;
 * every tile gives the same bits.
 */
template <typename Tile, typename Out>
__device__ __forceinline__ void gemm(const GemmParams& p) {
    gemm_sm90<Tile>(p, [&](const Tile& tile, typename Tile::Ring& ring, const GemmPlace& at) {
        typename Tile::Sum sum;
        tile.multiply(sum, ring, p.k);
        finish_f16<Out>(p, tile, sum, at);
    });
}

}

PARASOL_KERNEL(gemm_f16_f16_sm90_64, GemmParams, GemmSm90Tile64::THREADS) { gemm<GemmSm90Tile64, __half>(p); }
PARASOL_KERNEL(gemm_f16_f16_sm90_128, GemmParams, GemmSm90Tile128::THREADS) { gemm<GemmSm90Tile128, __half>(p); }
PARASOL_KERNEL(gemm_f16_f16_sm90_256, GemmParams, GemmSm90Tile256::THREADS) { gemm<GemmSm90Tile256, __half>(p); }
PARASOL_KERNEL(gemm_f16_f32_sm90_64, GemmParams, GemmSm90Tile64::THREADS) { gemm<GemmSm90Tile64, float>(p); }
PARASOL_KERNEL(gemm_f16_f32_sm90_128, GemmParams, GemmSm90Tile128::THREADS) { gemm<GemmSm90Tile128, float>(p); }
PARASOL_KERNEL(gemm_f16_f32_sm90_256, GemmParams, GemmSm90Tile256::THREADS) { gemm<GemmSm90Tile256, float>(p); }
