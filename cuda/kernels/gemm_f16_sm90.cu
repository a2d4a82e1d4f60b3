#include "ptx/device.cuh"
#include "params/gemm.h"
#include "gemm_f16_sm90.cuh"
#include "warp.cuh"

namespace {

/*
 * C = act(A W^T + bias) + residual in fp16 with fp32 accumulation; C in fp16 or fp32; W in the layout of weight_tiles.cuh (ldw is k).
 * Grid: any number of CTAs, at best the smaller of the tiles and the multiprocessors. The suffix of a kernel's name is its tile;
 * every tile gives the same bits.
 */
__device__ __forceinline__ void store_pair(__half* to, float x, float y) { *(__half2*)to = __floats2half2_rn(x, y); }
__device__ __forceinline__ void store_pair(float* to, float x, float y) { *(float2*)to = make_float2(x, y); }
__device__ __forceinline__ void store(__half* to, float x) { *to = __float2half_rn(x); }
__device__ __forceinline__ void store(float* to, float x) { *to = x; }

/* A comparison and not fmaxf, which would turn a NaN into a zero. */
__device__ __forceinline__ float relu(float x) { return x < 0.0f ? 0.0f : x; }

/* True when elements 2i and 2i + 1 of every row can be moved at once. */
template <typename T>
__device__ __forceinline__ bool pairable(const T* matrix, int stride) {
    return stride % 2 == 0 && (uintptr_t)matrix % (2 * sizeof(T)) == 0;
}

template <typename Tile, typename Out>
__device__ __forceinline__ void store_tile(const GemmParams& p, const float (&sum)[Tile::BLOCKS][64], int first_row, int first_col, int m) {
    Out* c = (Out*)p.c;
    const bool pairs = pairable(c, p.ldc) && (!p.residual || pairable(p.residual, p.ld_residual));
#pragma unroll
    for (int b = 0; b < Tile::BLOCKS; b++)
#pragma unroll
        for (int j = 0; j < 16; j++) {
            const int col = first_col + Tile::col(b, j);
            const bool two = col + 1 < p.n;
            if (col >= p.n) continue;
            const float bias0 = p.bias ? __ldg(p.bias + col) : 0.0f, bias1 = p.bias && two ? __ldg(p.bias + col + 1) : 0.0f;
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = first_row + Tile::row(half);
                if (row >= m) continue;
                float x = sum[b][4 * j + 2 * half] + bias0, y = sum[b][4 * j + 2 * half + 1] + bias1;
                if (p.relu) x = relu(x), y = relu(y);
                Out* to = c + (int64_t)row * p.ldc + col;
                if (p.residual) {
                    const float* from = p.residual + (int64_t)row * p.ld_residual + col;
                    const float2 r = pairs && two ? *(const float2*)from : make_float2(from[0], two ? from[1] : 0.0f);
                    x += r.x, y += r.y;
                }
                if (pairs && two) {
                    store_pair(to, x, y);
                } else {
                    store(to, x);
                    if (two) store(to + 1, y);
                }
            }
        }
}

template <typename Tile, typename Out>
__device__ __forceinline__ void gemm(const GemmParams& p) {
    PARASOL_DYNAMIC_SHARED_1024(char, shared);
    const int m = true_rows(p.m, p.device_rows);
    const Tile tile(shared, m, p.n);
    if (threadIdx.x < 128) {
        tile.load((const __half*)p.a, p.lda, (const __half*)p.w, p.n, p.k);
    } else {
        tile.start_consumer();
        typename Tile::Ring ring;
        for (int i = blockIdx.x; i < tile.tiles; i += gridDim.x) {
            float sum[Tile::BLOCKS][64];
            tile.multiply(sum, ring, p.k);
            store_tile<Tile, Out>(p, sum, tile.first_row(i), tile.first_col(i), m);
        }
    }
}

}

PARASOL_KERNEL(gemm_f16_f16_sm90_64, GemmParams, GemmSm90Tile64::THREADS) { gemm<GemmSm90Tile64, __half>(p); }
PARASOL_KERNEL(gemm_f16_f16_sm90_128, GemmParams, GemmSm90Tile128::THREADS) { gemm<GemmSm90Tile128, __half>(p); }
PARASOL_KERNEL(gemm_f16_f16_sm90_256, GemmParams, GemmSm90Tile256::THREADS) { gemm<GemmSm90Tile256, __half>(p); }
PARASOL_KERNEL(gemm_f16_f32_sm90_64, GemmParams, GemmSm90Tile64::THREADS) { gemm<GemmSm90Tile64, float>(p); }
PARASOL_KERNEL(gemm_f16_f32_sm90_128, GemmParams, GemmSm90Tile128::THREADS) { gemm<GemmSm90Tile128, float>(p); }
PARASOL_KERNEL(gemm_f16_f32_sm90_256, GemmParams, GemmSm90Tile256::THREADS) { gemm<GemmSm90Tile256, float>(p); }
