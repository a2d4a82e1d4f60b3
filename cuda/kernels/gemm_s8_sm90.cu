#include "ptx/device.cuh"
#include "params/gemm_s8.h"
#include "gemm_s8_epilogue.cuh"
#include "gemm_s8_sm90.cuh"

/*
 * The products of gemm_s8.cu for sm_90a, to the bit; W in the layout of weight_tiles.cuh (ldw is k). Grid: any number of CTAs, at best the smaller of the
 * tiles and the multiprocessors. The suffix of a kernel's name is its tile.
 */
namespace {

template <typename Tile, typename Out>
__device__ __forceinline__ void gemm_s8(const GemmS8Params& p) {
    gemm_sm90<Tile>(p, [&](const Tile& tile, typename Tile::Ring& ring, const GemmPlace& at) {
        typename Tile::Sum sum;
        tile.multiply(sum, ring, p.k);
        finish_s8<Out>(p, tile, sum, at);
    });
}

/* The sums of a row whose blocks of 128 columns have a scale each, in fp32, the blocks in ascending order. */
template <typename Tile>
struct BlockTotals {
    const float* scales[2];      // of the lane's rows; null where there is none
    float scale[2];
    float total[Tile::M][Tile::N][4];

    __device__ __forceinline__ BlockTotals(const GemmS8Params& p, const Tile& tile, const GemmPlace& at) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int row = at.row + tile.row(0, half);
            scales[half] = row < at.m ? p.a_scales + (int64_t)row * p.a_scale_stride : nullptr;
        }
#pragma unroll
        for (int j = 0; j < Tile::N; j++)
#pragma unroll
            for (int e = 0; e < 4; e++) total[0][j][e] = 0.0f;
    }

    __device__ __forceinline__ void begin(int block) {
#pragma unroll
        for (int half = 0; half < 2; half++) scale[half] = scales[half] != nullptr ? __ldg(scales[half] + block) : 0.0f;
    }

    __device__ __forceinline__ void end(const typename Tile::Sum& sum) {
#pragma unroll
        for (int j = 0; j < Tile::N; j++)
#pragma unroll
            for (int e = 0; e < 4; e++) total[0][j][e] = fmaf(__int2float_rn(sum[0][j][e]), scale[e / 2], total[0][j][e]);
    }
};

template <typename Tile, typename Out>
__device__ __forceinline__ void gemm_s8_blocks(const GemmS8Params& p) {
    static_assert(Tile::DEPTH == QUANTIZED_BLOCK, "a slice is what shares a scale");
    gemm_sm90<Tile>(p, [&](const Tile& tile, typename Tile::Ring& ring, const GemmPlace& at) {
        BlockTotals<Tile> blocks(p, tile, at);
        typename Tile::Sum sum;
        tile.multiply_slices(sum, ring, p.k, blocks);
        finish_s8_blocks<Out>(p, tile, blocks.total, at);
    });
}

/* Lane t of each four gives words[0 .. 3] and gets words[t] of the four, in their order. */
__device__ __forceinline__ void transpose_quad(uint32_t (&words)[4]) {
    const bool odd = threadIdx.x & 1, upper = threadIdx.x & 2;
#pragma unroll
    for (int i = 0; i < 4; i += 2) {
        const uint32_t other = __shfl_xor_sync(0xffffffffu, odd ? words[i] : words[i + 1], 1);
        words[i] = odd ? other : words[i], words[i + 1] = odd ? words[i + 1] : other;
    }
#pragma unroll
    for (int i = 0; i < 2; i++) {
        const uint32_t other = __shfl_xor_sync(0xffffffffu, upper ? words[i] : words[i + 2], 2);
        words[i] = upper ? other : words[i], words[i + 2] = upper ? words[i + 2] : other;
    }
}

/*
 * Quantizes a tile. The four lanes that hold a row have the whole block of 128 columns that shares a scale, so no other warp is asked. Of every 16 columns a
 * lane has two and two more 8 further on; the four lanes exchange them until each has 16 neighbours, which leave at once.
 */
template <typename Tile>
__device__ __forceinline__ void gemm_s8_s8(const GemmS8Params& p) {
    static_assert(WEIGHT_TILE_ROWS == QUANTIZED_BLOCK, "a product's columns are what shares a scale");
    gemm_sm90<Tile>(p, [&](const Tile& tile, typename Tile::Ring& ring, const GemmPlace& at) {
        typename Tile::Sum sum;
        tile.multiply(sum, ring, p.k);
        const RowScales<Tile> scales(p, tile, at);
        const int across = p.ldc / QUANTIZED_BLOCK, lane = threadIdx.x % 4;
#pragma unroll
        for (int b = 0; b < Tile::BLOCKS; b++) {
            const int block = at.col / QUANTIZED_BLOCK + b;
            float most[1][2] = {};
#pragma unroll
            for (int j = 0; j < 16; j++) value_in_place(p, tile, sum, b * 16 + j, scales, at, most);
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = at.row + tile.row(0, half);
                const bool there = row < at.m && block < across;
                const float scale = p.c_static_scale != nullptr ? *p.c_static_scale : scale_of(quad_widest(most[0][half]));
                if (p.c_static_scale == nullptr && lane == 0 && there) p.c_scales[(int64_t)row * across + block] = scale;
                const float inverse = inverse_scale(scale);
                int8_t* to = (int8_t*)p.c + (int64_t)row * p.ldc + block * QUANTIZED_BLOCK + lane * 16;
#pragma unroll
                for (int part = 0; part < 2; part++) {
                    uint32_t words[4];
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        const int j = b * 16 + part * 8 + i * 2, e = half * 2;
                        words[i] = quantized4(make_float4(__int_as_float(sum[0][j][e]), __int_as_float(sum[0][j][e + 1]), __int_as_float(sum[0][j + 1][e]),
                                                          __int_as_float(sum[0][j + 1][e + 1])), inverse);
                    }
                    transpose_quad(words);
                    if (there)
                        *(uint4*)(to + part * 64) = make_uint4((words[0] & 0xffff) | words[1] << 16, (words[2] & 0xffff) | words[3] << 16,
                                                               words[0] >> 16 | (words[1] & 0xffff0000), words[2] >> 16 | (words[3] & 0xffff0000));
                }
            }
        }
    });
}

}

#define PARASOL_GEMM_S8_SM90(TILE)                                                                                                              \
    PARASOL_KERNEL(gemm_s8_f16_sm90_##TILE, GemmS8Params, GemmS8Sm90Tile##TILE::THREADS) { gemm_s8<GemmS8Sm90Tile##TILE, __half>(p); }           \
    PARASOL_KERNEL(gemm_s8_f32_sm90_##TILE, GemmS8Params, GemmS8Sm90Tile##TILE::THREADS) { gemm_s8<GemmS8Sm90Tile##TILE, float>(p); }            \
    PARASOL_KERNEL(gemm_s8_s8_sm90_##TILE, GemmS8Params, GemmS8Sm90Tile##TILE::THREADS) { gemm_s8_s8<GemmS8Sm90Tile##TILE>(p); }
PARASOL_GEMM_S8_SM90(64)
PARASOL_GEMM_S8_SM90(128)
PARASOL_GEMM_S8_SM90(256)

#define PARASOL_GEMM_S8_BLOCKS_SM90(TILE) \
    PARASOL_KERNEL(gemm_s8_blocks_f32_sm90_##TILE, GemmS8Params, GemmS8BlocksSm90Tile##TILE::THREADS) { gemm_s8_blocks<GemmS8BlocksSm90Tile##TILE, float>(p); }
PARASOL_GEMM_S8_BLOCKS_SM90(64)
PARASOL_GEMM_S8_BLOCKS_SM90(128)
PARASOL_GEMM_S8_BLOCKS_SM90(192)
