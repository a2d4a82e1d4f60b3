#include "ptx/device.cuh"
#include "params/gemm.h"
#include "gemm_block.cuh"
#include "gemm_f16.cuh"

namespace {

/*
 * C = act(A W^T + bias) + residual in fp16 with fp32 accumulation; C in fp16 or fp32.
 * Grid: x = ceil(n / tile columns), y = ceil(m / tile rows). A kernel's name ends with its tile's rows and columns; every tile, and
 * every depth of its ring, gives the same bits.
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
__device__ __forceinline__ void gemm(const GemmParams& p) {
    Tile tile;
    typename Tile::Sum sum;
    GemmPlace at;
    if (!multiply_block(p, tile, sum, at)) return;

    Out* c = (Out*)p.c;
    const bool pairs = pairable(c, p.ldc) && (!p.residual || pairable(p.residual, p.ld_residual));
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
                if (row >= at.m) continue;
                float x = sum[i][j][half * 2] + bias0, y = sum[i][j][half * 2 + 1] + bias1;
                if (p.relu) x = relu(x), y = relu(y);
                Out* to = c + (int64_t)row * p.ldc + col;
                if (p.residual) {
                    const float* from = p.residual + (int64_t)row * p.ld_residual + col;
                    float2 r = pairs && two ? *(const float2*)from : make_float2(from[0], two ? from[1] : 0.0f);
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

}

#define PARASOL_GEMM_F16(ROWS, COLS)                                                                                                    \
    PARASOL_KERNEL(gemm_f16_f16_##ROWS##x##COLS, GemmParams, GemmF16Tile##ROWS##x##COLS::THREADS) { gemm<GemmF16Tile##ROWS##x##COLS, __half>(p); } \
    PARASOL_KERNEL(gemm_f16_f32_##ROWS##x##COLS, GemmParams, GemmF16Tile##ROWS##x##COLS::THREADS) { gemm<GemmF16Tile##ROWS##x##COLS, float>(p); }
PARASOL_GEMM_F16(16, 128)
PARASOL_GEMM_F16(32, 64)
PARASOL_GEMM_F16(64, 64)
PARASOL_GEMM_F16(64, 128)
PARASOL_GEMM_F16(128, 128)
PARASOL_GEMM_F16(128, 256)
PARASOL_GEMM_F16(256, 128)
