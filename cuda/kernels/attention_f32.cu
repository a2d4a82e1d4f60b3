#include "ptx/device.cuh"
#include "params/attention.h"
#include "ragged.cuh"

namespace {

/*
 * softmax(scale Q K^T) V in fp32 with FFMA: the reference for research, built like attention_f16. A CTA takes 64 query rows of one
 * utterance and one head and walks its keys in tiles of 32. Threads form a grid of 16 by 8: a thread holds 4 query rows, and of
 * those the scores of every eighth key and pairs of output columns 16 apart; the 8 threads of a row are neighbouring lanes.
 * Grid: x = slots of 64 query rows (see ragged.cuh), y = heads.
 */
template <int HEAD>
struct AttentionF32 {
    static constexpr int QUERIES = 64, KEYS = 32, THREADS = 128;
    static constexpr int ROWS = 4, LANES = 8, KEY_PARTS = KEYS / LANES, PAIRS = HEAD / 16;
    static constexpr int STRIDE = HEAD + 4;           // rows of one quarter-warp's float4 reads fall into different banks
    static constexpr int P_STRIDE = KEYS + 4;

    struct Shared {
        float q[QUERIES * STRIDE];
        float k[KEYS * STRIDE];
        float v[KEYS * STRIDE];
        float p[QUERIES * P_STRIDE];
    };

    template <int COUNT>
    static __device__ __forceinline__ void copy(float* target, const float* source, int stride, int valid) {
        constexpr int CHUNKS = HEAD / 4;
#pragma unroll 4
        for (int i = threadIdx.x; i < COUNT * CHUNKS; i += THREADS) {
            int row = i / CHUNKS, col = i % CHUNKS * 4;
            *(float4*)(target + row * STRIDE + col) =
                    row < valid ? *(const float4*)(source + (int64_t)row * stride + col) : make_float4(0, 0, 0, 0);
        }
    }

    /* score[i][j] = query row i of this thread times key j * LANES + its lane, summed over the head's columns in order. */
    static __device__ __forceinline__ void scores(float (&score)[ROWS][KEY_PARTS], const float* q, const float* k) {
#pragma unroll
        for (int i = 0; i < ROWS; i++)
#pragma unroll
            for (int j = 0; j < KEY_PARTS; j++) score[i][j] = 0.0f;
#pragma unroll 2
        for (int c = 0; c < HEAD; c += 4) {
            float4 left[ROWS], right[KEY_PARTS];
#pragma unroll
            for (int i = 0; i < ROWS; i++) left[i] = *(const float4*)(q + i * STRIDE + c);
#pragma unroll
            for (int j = 0; j < KEY_PARTS; j++) right[j] = *(const float4*)(k + j * LANES * STRIDE + c);
#pragma unroll
            for (int i = 0; i < ROWS; i++)
#pragma unroll
                for (int j = 0; j < KEY_PARTS; j++) {
                    float x = score[i][j];
                    x = fmaf(left[i].x, right[j].x, x);
                    x = fmaf(left[i].y, right[j].y, x);
                    x = fmaf(left[i].z, right[j].z, x);
                    score[i][j] = fmaf(left[i].w, right[j].w, x);
                }
        }
    }

    /* sum += probabilities times value rows, key by key in order. */
    static __device__ __forceinline__ void add_values(float (&sum)[ROWS][PAIRS][2], const float* probability, const float* v) {
#pragma unroll 4
        for (int key = 0; key < KEYS; key++) {
            float weight[ROWS];
#pragma unroll
            for (int i = 0; i < ROWS; i++) weight[i] = probability[i * P_STRIDE + key];
#pragma unroll
            for (int j = 0; j < PAIRS; j++) {
                float2 value = *(const float2*)(v + key * STRIDE + j * 16);
#pragma unroll
                for (int i = 0; i < ROWS; i++) {
                    sum[i][j][0] = fmaf(weight[i], value.x, sum[i][j][0]);
                    sum[i][j][1] = fmaf(weight[i], value.y, sum[i][j][1]);
                }
            }
        }
    }

    static __device__ __forceinline__ void run(const AttentionParams& p, Shared& shared) {
        RowTile tile;
        if (!row_tile_of<QUERIES>(p.q_offsets, p.batch, blockIdx.x, tile)) return;
        const int queries = tile.end - tile.begin;      // may be more than this tile's
        const int first_key = p.k_offsets[tile.utterance], keys = p.k_offsets[tile.utterance + 1] - first_key;
        const int row = threadIdx.x / LANES * ROWS, lane = threadIdx.x % LANES, head = blockIdx.y;
        const float* k = (const float*)p.k + (int64_t)first_key * p.ld_k + head * HEAD;
        const float* v = (const float*)p.v + (int64_t)first_key * p.ld_v + head * HEAD;
        const bool working = (int)threadIdx.x / 32 * 16 < queries;      // the warp has a query row

        copy<QUERIES>(shared.q, (const float*)p.q + (int64_t)tile.begin * p.ld_q + head * HEAD, p.ld_q, queries);
        float sum[ROWS][PAIRS][2], maximum[ROWS], total[ROWS];
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            maximum[i] = -INFINITY, total[i] = 0.0f;
#pragma unroll
            for (int j = 0; j < PAIRS; j++) sum[i][j][0] = sum[i][j][1] = 0.0f;
        }
        for (int first = 0; first < keys; first += KEYS) {
            copy<KEYS>(shared.k, k + (int64_t)first * p.ld_k, p.ld_k, keys - first);
            copy<KEYS>(shared.v, v + (int64_t)first * p.ld_v, p.ld_v, keys - first);
            __syncthreads();
            if (working) {
                float score[ROWS][KEY_PARTS];
                scores(score, shared.q + row * STRIDE, shared.k + lane * STRIDE);
#pragma unroll
                for (int i = 0; i < ROWS; i++) {
                    float largest = maximum[i];
#pragma unroll
                    for (int j = 0; j < KEY_PARTS; j++) {
                        score[i][j] = first + j * LANES + lane < keys ? score[i][j] * p.scale : -INFINITY;
                        largest = fmaxf(largest, score[i][j]);
                    }
#pragma unroll
                    for (int bit = 1; bit < LANES; bit *= 2) largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, bit));
                    const float older = expf(maximum[i] - largest);
                    maximum[i] = largest;
                    float added = 0.0f;
#pragma unroll
                    for (int j = 0; j < KEY_PARTS; j++) {
                        float x = expf(score[i][j] - largest);
                        shared.p[(row + i) * P_STRIDE + j * LANES + lane] = x;
                        added += x;
                    }
                    total[i] = fmaf(total[i], older, added);        // this lane's share; lanes join at the end
#pragma unroll
                    for (int j = 0; j < PAIRS; j++) sum[i][j][0] *= older, sum[i][j][1] *= older;
                }
                __syncwarp();     // a row's probabilities are written and read by one warp
                add_values(sum, shared.p + row * P_STRIDE, shared.v + lane * 2);
            }
            __syncthreads();      // before the next tile overwrites k and v
        }
        if (!working) return;
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            float all = total[i];
#pragma unroll
            for (int bit = 1; bit < LANES; bit *= 2) all += __shfl_xor_sync(0xffffffffu, all, bit);
            if (row + i >= queries) continue;
            const float factor = all > 0.0f || all != all ? 1.0f / all : 0.0f;      // an utterance without keys gives zeros, a NaN stays
            float* output = (float*)p.output + (int64_t)(tile.begin + row + i) * p.ld_output;
#pragma unroll
            for (int j = 0; j < PAIRS; j++)
                *(float2*)(output + head * HEAD + j * 16 + lane * 2) = make_float2(sum[i][j][0] * factor, sum[i][j][1] * factor);
            if (head == p.heads - 1)
                for (int c = p.heads * HEAD + lane; c < p.ld_output; c += LANES) output[c] = 0.0f;
        }
    }
};

}

#define PARASOL_ATTENTION_F32(HEAD)                                       \
    PARASOL_KERNEL(attention_f32_##HEAD, AttentionParams, 128) {          \
        PARASOL_DYNAMIC_SHARED(unsigned char, shared);                    \
        AttentionF32<HEAD>::run(p, *(AttentionF32<HEAD>::Shared*)shared); \
    }
PARASOL_ATTENTION_F32(32)
PARASOL_ATTENTION_F32(64)
PARASOL_ATTENTION_F32(80)
PARASOL_ATTENTION_F32(128)
