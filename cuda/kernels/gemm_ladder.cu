#include "ptx/device.cuh"
#include "ptx/mma.cuh"
#include "params/gemm.h"
#include "gemm_f16_epilogue.cuh"
#include "gemm_ladder.cuh"

namespace {

__device__ __forceinline__ const __half* row_of(const void* matrix, int row, int stride) { return (const __half*)matrix + (int64_t)row * stride; }

__device__ __forceinline__ void finish(const GemmParams& p, int row, int col, float x) {
    finish_pair<__half>(p, row, col, false, false, x, 0.0f, p.bias ? p.bias[col] : 0.0f, 0.0f);
}

/* Neighbouring threads of a half warp take neighbouring columns, hence different rows of W: nothing is coalesced. */
__device__ __forceinline__ void v1(const GemmParams& p) {
    const int row = blockIdx.y * GemmLadderV1::ROWS + threadIdx.x / 16, col = blockIdx.x * GemmLadderV1::COLS + threadIdx.x % 16;
    if (row >= true_rows(p.m, p.device_rows) || col >= p.n) return;
    const __half* a = row_of(p.a, row, p.lda);
    const __half* w = row_of(p.w, col, p.ldw);
    float sum = 0.0f;
    for (int k = 0; k < p.k; k++) sum = fmaf(__half2float(a[k]), __half2float(w[k]), sum);
    finish(p, row, col, sum);
}

/* Slices of 16 columns as fp32, transposed; each element read serves 64 sums. */
__device__ __forceinline__ void v2(const GemmParams& p) {
    typedef GemmLadderV2 Step;
    PARASOL_DYNAMIC_SHARED(float, shared);
    float* a = shared;
    float* w = shared + Step::DEPTH * Step::STRIDE;
    const int first_row = blockIdx.y * Step::ROWS, first_col = blockIdx.x * Step::COLS, m = true_rows(p.m, p.device_rows);
    if (first_row >= m) return;
    const int thread_row = threadIdx.x / 16 * 4, thread_col = threadIdx.x % 16 * 4;
    const int load_row = threadIdx.x / 4, load_col = threadIdx.x % 4 * 4;
    float sum[4][4];
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++) sum[i][j] = 0.0f;
    for (int k = 0; k < p.k; k += Step::DEPTH) {
#pragma unroll
        for (int c = 0; c < 4; c++) {
            const int row = first_row + load_row, col = first_col + load_row;
            a[(load_col + c) * Step::STRIDE + load_row] = row < m ? __half2float(row_of(p.a, row, p.lda)[k + load_col + c]) : 0.0f;
            w[(load_col + c) * Step::STRIDE + load_row] = col < p.n ? __half2float(row_of(p.w, col, p.ldw)[k + load_col + c]) : 0.0f;
        }
        __syncthreads();
#pragma unroll
        for (int d = 0; d < Step::DEPTH; d++) {
            const float4 left = *(const float4*)(a + d * Step::STRIDE + thread_row), right = *(const float4*)(w + d * Step::STRIDE + thread_col);
            const float l[4] = {left.x, left.y, left.z, left.w}, r[4] = {right.x, right.y, right.z, right.w};
#pragma unroll
            for (int i = 0; i < 4; i++)
#pragma unroll
                for (int j = 0; j < 4; j++) sum[i][j] = fmaf(l[i], r[j], sum[i][j]);
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++) {
            const int row = first_row + thread_row + i, col = first_col + thread_col + j;
            if (row < m && col < p.n) finish(p, row, col, sum[i][j]);
        }
}

/* Copies COUNT rows of 64 columns through registers, 16 bytes a thread at a time. */
template <int COUNT>
__device__ __forceinline__ void copy_rows(__half* target, const void* source, int stride, int first, int rows, int k) {
    typedef GemmLadderV3 Step;
#pragma unroll 4
    for (int i = threadIdx.x; i < COUNT * (Step::DEPTH / 8); i += Step::THREADS) {
        const int row = i / (Step::DEPTH / 8), col = i % (Step::DEPTH / 8) * 8;
        uint4 value = make_uint4(0, 0, 0, 0);
        if (first + row < rows) value = *(const uint4*)(row_of(source, first + row, stride) + k + col);
        *(uint4*)(target + row * Step::STRIDE + col) = value;
    }
}

/* Two warps by two, each 32 x 64: gemm_f16's arithmetic in the plainest form. */
__device__ __forceinline__ void v3(const GemmParams& p) {
    typedef GemmLadderV3 Step;
    PARASOL_DYNAMIC_SHARED(__half, shared);
    __half* a = shared;
    __half* w = shared + Step::ROWS * Step::STRIDE;
    const int first_row = blockIdx.y * Step::ROWS, first_col = blockIdx.x * Step::COLS, m = true_rows(p.m, p.device_rows);
    if (first_row >= m) return;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, warp_row = warp / 2 * 32, warp_col = warp % 2 * 64;
    float sum[2][8][4];
#pragma unroll
    for (int i = 0; i < 2; i++)
#pragma unroll
        for (int j = 0; j < 8; j++)
#pragma unroll
            for (int e = 0; e < 4; e++) sum[i][j][e] = 0.0f;
    for (int k = 0; k < p.k; k += Step::DEPTH) {
        copy_rows<Step::ROWS>(a, p.a, p.lda, first_row, m, k);
        copy_rows<Step::COLS>(w, p.w, p.ldw, first_col, p.n, k);
        __syncthreads();
#pragma unroll
        for (int step = 0; step < Step::DEPTH / 16; step++) {
            uint32_t left[2][4], right[8][2];
#pragma unroll
            for (int i = 0; i < 2; i++)
#pragma unroll
                for (int e = 0; e < 4; e++)
                    left[i][e] = *(const uint32_t*)(a + (warp_row + i * 16 + e % 2 * 8 + lane / 4) * Step::STRIDE + step * 16 + e / 2 * 8 + lane % 4 * 2);
#pragma unroll
            for (int j = 0; j < 8; j++)
#pragma unroll
                for (int e = 0; e < 2; e++)
                    right[j][e] = *(const uint32_t*)(w + (warp_col + j * 8 + lane / 4) * Step::STRIDE + step * 16 + e * 8 + lane % 4 * 2);
            ptx::mma_tile_f16(sum, left, right);
        }
        __syncthreads();
    }
    const bool pairs = pairs_allowed<__half>(p);
#pragma unroll
    for (int j = 0; j < 8; j++) {
        const int col = first_col + warp_col + j * 8 + lane % 4 * 2;
        const bool two = col + 1 < p.n;
        if (col >= p.n) continue;
        const float bias0 = p.bias ? p.bias[col] : 0.0f, bias1 = p.bias && two ? p.bias[col + 1] : 0.0f;
#pragma unroll
        for (int i = 0; i < 2; i++)
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = first_row + warp_row + i * 16 + half * 8 + lane / 4;
                if (row < m) finish_pair<__half>(p, row, col, two, pairs, sum[i][j][half * 2], sum[i][j][half * 2 + 1], bias0, bias1);
            }
    }
}

}

PARASOL_KERNEL(gemm_ladder_v1, GemmParams, 256) { v1(p); }
PARASOL_KERNEL(gemm_ladder_v2, GemmParams, 256) { v2(p); }
PARASOL_KERNEL(gemm_ladder_v3, GemmParams, 128) { v3(p); }
PARASOL_KERNEL(gemm_ladder_v4, GemmParams, 128) { gemm_f16<GemmLadderV4, __half>(p); }
PARASOL_KERNEL(gemm_ladder_v5, GemmParams, 128) { gemm_f16<GemmLadderV5, __half>(p); }
PARASOL_KERNEL(gemm_ladder_v6, GemmParams, 256) { gemm_f16<GemmLadderV6, __half>(p); }
