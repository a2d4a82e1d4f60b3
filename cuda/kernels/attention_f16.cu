#include "ptx/cp_async.cuh"
#include "ptx/device.cuh"
#include "ptx/ldmatrix.cuh"
#include "ptx/mma.cuh"
#include "params/attention.h"
#include "ragged.cuh"

namespace {

/*
 * softmax(scale Q K^T) V for fp16 inputs and output; scores, softmax and sums in fp32. A CTA takes 64 query rows of one utterance and
 * one head, a warp 16 of them, and walks the utterance's keys in tiles of 64 with a running maximum and sum, so that no score
 * leaves the chip. Tiles are counted from the utterance's own first key: a query row's result depends on its utterance alone.
 * Grid: x = slots of 64 query rows (see ragged.cuh), y = heads.
 */
template <int HEAD>
struct AttentionF16 {
    static constexpr int QUERIES = 64, KEYS = 64, THREADS = 128;
    static constexpr int STRIDE = HEAD + 8;      // an odd number of 16-byte chunks: ldmatrix meets no bank conflict
    static constexpr int STEPS = HEAD / 16;      // of the product over the head's columns
    static constexpr int CHUNKS = HEAD / 8;
    static constexpr int BUFFER = 64 * STRIDE;

    struct Shared {                              // Q passes through k[1] before the second key tile needs it
        __half k[2][BUFFER];
        __half v[2][BUFFER];
    };

    /* Starts the copy of up to 64 rows; those beyond `valid` become zeros. */
    static __device__ __forceinline__ void copy(__half* target, const __half* source, int stride, int valid) {
#pragma unroll
        for (int i = 0; i < 64 * CHUNKS; i += THREADS) {
            int row = (i + threadIdx.x) / CHUNKS, chunk = (i + threadIdx.x) % CHUNKS;
            bool inside = row < valid;
            ptx::cp_async_16(target + row * STRIDE + chunk * 8, source + (inside ? (int64_t)row * stride + chunk * 8 : 0), inside);
        }
    }

    /* score[j] = the warp's 16 query rows times keys 8 j .. 8 j + 7. */
    static __device__ __forceinline__ void scores(float (&score)[1][KEYS / 8][4], const uint32_t (&query)[STEPS][1][4], const __half* k) {
        const int lane = threadIdx.x % 32;
        const __half* at = k + (lane % 8 + lane / 16 * 8) * STRIDE + lane / 8 % 2 * 8;
#pragma unroll
        for (int j = 0; j < KEYS / 8; j++)
#pragma unroll
            for (int e = 0; e < 4; e++) score[0][j][e] = 0.0f;
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            const void* rows[KEYS / 16];
            uint32_t loaded[KEYS / 16][4], right[KEYS / 8][2];
#pragma unroll
            for (int j = 0; j < KEYS / 16; j++) rows[j] = at + j * 16 * STRIDE + step * 16;
            ptx::ldmatrix_x4(loaded, rows);
#pragma unroll
            for (int j = 0; j < KEYS / 8; j++) right[j][0] = loaded[j / 2][j % 2 * 2], right[j][1] = loaded[j / 2][j % 2 * 2 + 1];
            ptx::mma_tile_f16(score, query[step], right);
        }
    }

    /* sum += probabilities (as fp16) times the value rows. */
    static __device__ __forceinline__ void add_values(float (&sum)[1][HEAD / 8][4], const float (&probability)[1][KEYS / 8][4], const __half* v) {
        const int lane = threadIdx.x % 32;
        const __half* at = v + lane % 16 * STRIDE + lane / 16 * 8;
#pragma unroll
        for (int step = 0; step < KEYS / 16; step++) {
            const void* rows[HEAD / 16];
            uint32_t loaded[HEAD / 16][4], right[HEAD / 8][2], left[1][4];
#pragma unroll
            for (int j = 0; j < HEAD / 16; j++) rows[j] = at + step * 16 * STRIDE + j * 16;
            ptx::ldmatrix_x4_trans(loaded, rows);
#pragma unroll
            for (int j = 0; j < HEAD / 8; j++) right[j][0] = loaded[j / 2][j % 2 * 2], right[j][1] = loaded[j / 2][j % 2 * 2 + 1];
            // A product's result fragments have the very layout of the next one's left operand.
#pragma unroll
            for (int e = 0; e < 4; e++) {
                const float* two = probability[0][step * 2 + e / 2] + e % 2 * 2;
                __half2 packed = __floats2half2_rn(two[0], two[1]);
                left[0][e] = (uint32_t)__half_as_ushort(__low2half(packed)) | (uint32_t)__half_as_ushort(__high2half(packed)) << 16;
            }
            ptx::mma_tile_f16(sum, left, right);
        }
    }

    /* Turns scores into exp(scale (score - maximum)) and rescales what was summed under an older maximum. `scale2` = scale * log2(e). */
    static __device__ __forceinline__ void softmax_step(float (&score)[1][KEYS / 8][4], float (&sum)[1][HEAD / 8][4], float (&maximum)[2],
                                                       float (&total)[2], float scale2) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float largest = maximum[half];
#pragma unroll
            for (int j = 0; j < KEYS / 8; j++) largest = fmaxf(largest, fmaxf(score[0][j][half * 2], score[0][j][half * 2 + 1]));
            largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, 1));
            largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, 2));
            const float older = exp2f((maximum[half] - largest) * scale2), offset = largest * scale2;
            maximum[half] = largest;
            float added = 0.0f;
#pragma unroll
            for (int j = 0; j < KEYS / 8; j++)
#pragma unroll
                for (int e = 0; e < 2; e++) {
                    float x = exp2f(fmaf(score[0][j][half * 2 + e], scale2, -offset));
                    score[0][j][half * 2 + e] = x;
                    added += x;
                }
            total[half] = fmaf(total[half], older, added);      // this lane's share; lanes join at the end
#pragma unroll
            for (int j = 0; j < HEAD / 8; j++)
#pragma unroll
                for (int e = 0; e < 2; e++) sum[0][j][half * 2 + e] *= older;
        }
    }

    static __device__ __forceinline__ void run(const AttentionParams& p, Shared& shared) {
        RowTile tile;
        if (!row_tile_of<QUERIES>(p.q_offsets, p.batch, blockIdx.x, tile)) return;
        const int queries = tile.end - tile.begin;      // may be more than this tile's
        const int first_key = p.k_offsets[tile.utterance], keys = p.k_offsets[tile.utterance + 1] - first_key;
        const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, head = blockIdx.y;
        const __half* k = (const __half*)p.k + (int64_t)first_key * p.ld_k + head * HEAD;
        const __half* v = (const __half*)p.v + (int64_t)first_key * p.ld_v + head * HEAD;
        const bool working = warp * 16 < queries;

        copy(shared.k[1], (const __half*)p.q + (int64_t)tile.begin * p.ld_q + head * HEAD, p.ld_q, queries);
        ptx::cp_async_commit();
        copy(shared.k[0], k, p.ld_k, keys);
        copy(shared.v[0], v, p.ld_v, keys);
        ptx::cp_async_commit();
        ptx::cp_async_wait<1>();
        __syncthreads();
        uint32_t query[STEPS][1][4];
        {
            const void* rows[STEPS];
            uint32_t loaded[STEPS][4];
#pragma unroll
            for (int s = 0; s < STEPS; s++) rows[s] = shared.k[1] + (warp * 16 + lane % 16) * STRIDE + s * 16 + lane / 16 * 8;
            ptx::ldmatrix_x4(loaded, rows);
#pragma unroll
            for (int s = 0; s < STEPS; s++)
#pragma unroll
                for (int e = 0; e < 4; e++) query[s][0][e] = loaded[s][e];
        }

        float sum[1][HEAD / 8][4], maximum[2] = {-INFINITY, -INFINITY}, total[2] = {0.0f, 0.0f};
#pragma unroll
        for (int j = 0; j < HEAD / 8; j++)
#pragma unroll
            for (int e = 0; e < 4; e++) sum[0][j][e] = 0.0f;
        const float scale2 = p.scale * 1.44269504f;
        for (int first = 0, stage = 0; first < keys; first += KEYS, stage ^= 1) {
            ptx::cp_async_wait<0>();
            __syncthreads();      // this tile is everyone's, and the other stage (at first Q in k[1]) has been read by all
            const int next = first + KEYS;
            if (next < keys) {
                copy(shared.k[stage ^ 1], k + (int64_t)next * p.ld_k, p.ld_k, keys - next);
                copy(shared.v[stage ^ 1], v + (int64_t)next * p.ld_v, p.ld_v, keys - next);
                ptx::cp_async_commit();
            }
            if (!working) continue;
            float score[1][KEYS / 8][4];
            scores(score, query, shared.k[stage]);
            if (next > keys) {
#pragma unroll
                for (int j = 0; j < KEYS / 8; j++)
#pragma unroll
                    for (int e = 0; e < 4; e++)
                        if (first + j * 8 + lane % 4 * 2 + e % 2 >= keys) score[0][j][e] = -INFINITY;
            }
            softmax_step(score, sum, maximum, total, scale2);
            add_values(sum, score, shared.v[stage]);
        }
        ptx::cp_async_wait<0>();

        if (!working) return;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float all = total[half];
            all += __shfl_xor_sync(0xffffffffu, all, 1);
            all += __shfl_xor_sync(0xffffffffu, all, 2);
            const int row = warp * 16 + half * 8 + lane / 4;
            if (row >= queries) continue;
            const float factor = all > 0.0f || all != all ? 1.0f / all : 0.0f;      // an utterance without keys gives zeros, a NaN stays
            __half* output = (__half*)p.output + (int64_t)(tile.begin + row) * p.ld_output;
#pragma unroll
            for (int j = 0; j < HEAD / 8; j++)
                *(__half2*)(output + head * HEAD + j * 8 + lane % 4 * 2) =
                        __floats2half2_rn(sum[0][j][half * 2] * factor, sum[0][j][half * 2 + 1] * factor);
            if (head == p.heads - 1)
                for (int c = p.heads * HEAD + lane % 4; c < p.ld_output; c += 4) output[c] = __float2half_rn(0.0f);
        }
    }
};

}

#define PARASOL_ATTENTION_F16(HEAD)                              \
    PARASOL_KERNEL(attention_f16_##HEAD, AttentionParams, 128) { \
        PARASOL_DYNAMIC_SHARED(unsigned char, shared);           \
        AttentionF16<HEAD>::run(p, *(AttentionF16<HEAD>::Shared*)shared); \
    }
PARASOL_ATTENTION_F16(32)
PARASOL_ATTENTION_F16(64)
PARASOL_ATTENTION_F16(80)
PARASOL_ATTENTION_F16(128)
