#pragma once
#include "ptx/cp_async.cuh"
#include "ptx/device.cuh"
#include "ptx/exp2.cuh"
#include "ptx/ldmatrix.cuh"
#include "ptx/mma.cuh"
#include "params/attention.h"
#include "ragged.cuh"

/*
 * softmax(scale Q K^T) V for fp16 inputs and output; scores, softmax and sums in fp32. A block takes QUERIES query rows of one utterance
 * and one head, each of its WARPS warps 16 or 32 of them, and walks the utterance's keys in tiles of 64 with a running maximum and sum, so
 * that no score leaves the chip. Tiles of keys are counted from the utterance's own first key and a row's arithmetic does not know
 * which other rows its warp and block hold: a query row's result depends on its utterance alone, and QUERIES is a matter of speed.
 *
 * A warp reads all of K and V from shared memory for its own rows: with 32 of them a byte read serves twice the arithmetic, and the
 * tensor cores are the limit instead. The fragments of 32 query rows don't fit into registers beside the sums, so they are read again for
 * every tile of keys. V comes in while the scores are computed, the next K while they become probabilities and meet V.
 *
 * Grid: x = slots of QUERIES query rows (see ragged.cuh), y = heads.
 */
template <int HEAD, int QUERIES_, int WARPS>
struct AttentionF16 {
    static constexpr int QUERIES = QUERIES_, KEYS = 64, THREADS = 32 * WARPS;
    static constexpr int M = QUERIES / (16 * WARPS);                    // fragments of 16 query rows of a warp
    static constexpr bool HOLDS_QUERIES = M == 1;
    static constexpr int STRIDE = HEAD + 8;      // an odd number of 16-byte chunks: ldmatrix meets no bank conflict
    static constexpr int STEPS = HEAD / 16;      // of the product over the head's columns
    static constexpr int CHUNKS = HEAD / 8;      // of 16 bytes in a row
    static constexpr int SLOTS = CHUNKS <= 4 ? 4 : CHUNKS <= 8 ? 8 : 16;      // threads that copy a row
    static constexpr int PARTS = M > 1 && STEPS % 2 == 0 ? 2 : 1;            // of the head's columns, whose values are in registers in turn
    static constexpr int N = HEAD / 8 / PARTS;   // fragments of 8 columns in a part

    static constexpr int UNROLL = M > 1 && HEAD > 96 ? 1 : STEPS;            // of the scores' loop: all registers are taken there

    struct Shared {
        __half q[QUERIES * STRIDE];
        __half k[KEYS * STRIDE];
        __half v[KEYS * STRIDE];
    };

    typedef float Scores[M][KEYS / 8][4];
    typedef float Sums[PARTS][M][N][4];
    typedef uint32_t Queries[HOLDS_QUERIES ? STEPS : 1][M][4];

    /* Starts the copy of up to ROWS rows; those from `valid` on become zeros. */
    template <int ROWS>
    static __device__ __forceinline__ void copy(__half* target, const __half* source, int stride, int valid) {
        constexpr int STEP = THREADS / SLOTS;
        static_assert(ROWS % STEP == 0, "every thread copies as many rows");
        const int row = threadIdx.x / SLOTS, chunk = threadIdx.x % SLOTS;
        if (chunk >= CHUNKS) return;
        __half* to = target + row * STRIDE + chunk * 8;
        int64_t from = (int64_t)row * stride + chunk * 8;
#pragma unroll
        for (int i = 0; i < ROWS; i += STEP) {
            const bool inside = row + i < valid;
            ptx::cp_async_16(to + i * STRIDE, source + (inside ? from : 0), inside);
            from += STEP * stride;
        }
    }

    /* The fragments of the warp's query rows, 16 columns. */
    static __device__ __forceinline__ void load_queries(uint32_t (&query)[M][4], const __half* q, int step) {
        const int lane = threadIdx.x % 32;
        const void* rows[M];
#pragma unroll
        for (int i = 0; i < M; i++) rows[i] = q + (i * 16 + lane % 16) * STRIDE + step * 16 + lane / 16 * 8;
        ptx::ldmatrix_x4(query, rows);
    }

    /* score[i][j] = the warp's query rows 16 i .. times keys 8 j .. 8 j + 7. `q` points at the warp's first row. */
    static __device__ __forceinline__ void scores(Scores& score, Queries& query, const __half* q, const __half* k) {
        const int lane = threadIdx.x % 32;
        const __half* at = k + (lane % 8 + lane / 16 * 8) * STRIDE + lane / 8 % 2 * 8;
#pragma unroll
        for (int i = 0; i < M; i++)
#pragma unroll
            for (int j = 0; j < KEYS / 8; j++)
#pragma unroll
                for (int e = 0; e < 4; e++) score[i][j][e] = 0.0f;
#pragma unroll (UNROLL)
        for (int step = 0; step < STEPS; step++) {
            const void* rows[KEYS / 16];
            uint32_t loaded[KEYS / 16][4], right[KEYS / 8][2];
#pragma unroll
            for (int j = 0; j < KEYS / 16; j++) rows[j] = at + j * 16 * STRIDE + step * 16;
            ptx::ldmatrix_x4(loaded, rows);
            if (!HOLDS_QUERIES) load_queries(query[0], q, step);
#pragma unroll
            for (int j = 0; j < KEYS / 8; j++) right[j][0] = loaded[j / 2][j % 2 * 2], right[j][1] = loaded[j / 2][j % 2 * 2 + 1];
            ptx::mma_tile_f16(score, query[HOLDS_QUERIES ? step : 0], right);
        }
    }

    /* sum += probabilities (as fp16) times the value rows. */
    static __device__ __forceinline__ void add_values(Sums& sum, const Scores& probability, const __half* v) {
        const int lane = threadIdx.x % 32;
        const __half* at = v + lane % 16 * STRIDE + lane / 16 * 8;
#pragma unroll
        for (int step = 0; step < KEYS / 16; step++) {
            // A product's result fragments have the very layout of the next one's left operand.
            uint32_t left[M][4];
#pragma unroll
            for (int i = 0; i < M; i++)
#pragma unroll
                for (int e = 0; e < 4; e++) {
                    const float* two = probability[i][step * 2 + e / 2] + e % 2 * 2;
                    __half2 packed = __floats2half2_rn(two[0], two[1]);
                    left[i][e] = (uint32_t)__half_as_ushort(__low2half(packed)) | (uint32_t)__half_as_ushort(__high2half(packed)) << 16;
                }
#pragma unroll
            for (int part = 0; part < PARTS; part++) {
                const void* rows[N / 2];
                uint32_t loaded[N / 2][4], right[N][2];
#pragma unroll
                for (int j = 0; j < N / 2; j++) rows[j] = at + step * 16 * STRIDE + (part * N / 2 + j) * 16;
                ptx::ldmatrix_x4_trans(loaded, rows);
#pragma unroll
                for (int j = 0; j < N; j++) right[j][0] = loaded[j / 2][j % 2 * 2], right[j][1] = loaded[j / 2][j % 2 * 2 + 1];
                ptx::mma_tile_f16(sum[part], left, right);
            }
        }
    }

    /* Turns scores into exp(scale (score - maximum)) and rescales what was summed under an older maximum. `scale2` = scale * log2(e). */
    static __device__ __forceinline__ void softmax_step(Scores& score, Sums& sum, float (&maximum)[M][2], float (&total)[M][2], float scale2) {
#pragma unroll
        for (int i = 0; i < M; i++)
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float largest = maximum[i][half];
#pragma unroll
                for (int j = 0; j < KEYS / 8; j++) largest = fmaxf(largest, fmaxf(score[i][j][half * 2], score[i][j][half * 2 + 1]));
                largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, 1));
                largest = fmaxf(largest, __shfl_xor_sync(0xffffffffu, largest, 2));
                const float older = ptx::exp2_approx((maximum[i][half] - largest) * scale2), offset = largest * scale2;
                maximum[i][half] = largest;
                float added = 0.0f;
#pragma unroll
                for (int j = 0; j < KEYS / 8; j++)
#pragma unroll
                    for (int e = 0; e < 2; e++) {
                        float x = ptx::exp2_approx(fmaf(score[i][j][half * 2 + e], scale2, -offset));
                        score[i][j][half * 2 + e] = x;
                        added += x;
                    }
                total[i][half] = fmaf(total[i][half], older, added);      // this lane's share; lanes join at the end
#pragma unroll
                for (int j = 0; j < HEAD / 8; j++)
#pragma unroll
                    for (int e = 0; e < 2; e++) sum[j / N][i][j % N][half * 2 + e] *= older;
            }
    }

    /* Keys from `keys` on, counted from the tile's first, have no weight. */
    static __device__ __forceinline__ void mask(Scores& score, int keys) {
        const int lane = threadIdx.x % 32;
#pragma unroll
        for (int i = 0; i < M; i++)
#pragma unroll
            for (int j = 0; j < KEYS / 8; j++)
#pragma unroll
                for (int e = 0; e < 4; e++)
                    if (j * 8 + lane % 4 * 2 + e % 2 >= keys) score[i][j][e] = -INFINITY;
    }

    static __device__ __forceinline__ void run(const AttentionParams& p, Shared& shared) {
        RowTile tile;
        if (!row_tile_of<QUERIES>(p.q_offsets, p.batch, blockIdx.x, tile)) return;
        const int queries = tile.end - tile.begin;      // may be more than this tile's
        const int first_key = p.k_offsets[tile.utterance], keys = p.k_offsets[tile.utterance + 1] - first_key;
        const int warp_row = threadIdx.x / 32 * 16 * M, lane = threadIdx.x % 32, head = blockIdx.y;
        const __half* k = (const __half*)p.k + (int64_t)first_key * p.ld_k + head * HEAD;
        const __half* v = (const __half*)p.v + (int64_t)first_key * p.ld_v + head * HEAD;
        const __half* q = shared.q + warp_row * STRIDE;
        const bool working = warp_row < queries;

        copy<QUERIES>(shared.q, (const __half*)p.q + (int64_t)tile.begin * p.ld_q + head * HEAD, p.ld_q, queries);
        copy<KEYS>(shared.k, k, p.ld_k, keys);
        ptx::cp_async_commit();

        Queries query;
        Sums sum;
        float maximum[M][2], total[M][2];
#pragma unroll
        for (int i = 0; i < M; i++) {
#pragma unroll
            for (int half = 0; half < 2; half++) maximum[i][half] = -INFINITY, total[i][half] = 0.0f;
#pragma unroll
            for (int j = 0; j < HEAD / 8; j++)
#pragma unroll
                for (int e = 0; e < 4; e++) sum[j / N][i][j % N][e] = 0.0f;
        }
        const float scale2 = p.scale * 1.44269504f;
        for (int first = 0; first < keys; first += KEYS) {
            const int next = first + KEYS;
            ptx::cp_async_wait<0>();
            __syncthreads();      // Q and this K are everyone's, and the V before has been read by all
            copy<KEYS>(shared.v, v + (int64_t)first * p.ld_v, p.ld_v, keys - first);
            ptx::cp_async_commit();
            Scores score;
            if (working) {
                if (HOLDS_QUERIES && first == 0) {
#pragma unroll
                    for (int step = 0; step < STEPS; step++) load_queries(query[HOLDS_QUERIES ? step : 0], q, step);
                }
                scores(score, query, q, shared.k);
            }
            ptx::cp_async_wait<0>();
            __syncthreads();      // this V is everyone's, and this K has been read by all
            if (next < keys) copy<KEYS>(shared.k, k + (int64_t)next * p.ld_k, p.ld_k, keys - next);
            ptx::cp_async_commit();
            if (!working) continue;
            if (next > keys) mask(score, keys - first);
            softmax_step(score, sum, maximum, total, scale2);
            add_values(sum, score, shared.v);
        }
        ptx::cp_async_wait<0>();

        if (!working) return;
#pragma unroll
        for (int i = 0; i < M; i++)
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float all = total[i][half];
                all += __shfl_xor_sync(0xffffffffu, all, 1);
                all += __shfl_xor_sync(0xffffffffu, all, 2);
                const int row = warp_row + i * 16 + half * 8 + lane / 4;
                if (row >= queries) continue;
                const float factor = all > 0.0f || all != all ? 1.0f / all : 0.0f;      // an utterance without keys gives zeros, a NaN stays
                __half* output = (__half*)p.output + (int64_t)(tile.begin + row) * p.ld_output;
#pragma unroll
                for (int j = 0; j < HEAD / 8; j++)
                    *(__half2*)(output + head * HEAD + j * 8 + lane % 4 * 2) =
                            __floats2half2_rn(sum[j / N][i][j % N][half * 2] * factor, sum[j / N][i][j % N][half * 2 + 1] * factor);
                if (head == p.heads - 1)
                    for (int c = p.heads * HEAD + lane % 4; c < p.ld_output; c += 4) output[c] = __float2half_rn(0.0f);
            }
    }
};

/* By query rows of a block: its warps. */
template <int HEAD>
using AttentionF16Of32 = AttentionF16<HEAD, 32, 2>;
template <int HEAD>
using AttentionF16Of64 = AttentionF16<HEAD, 64, 4>;
template <int HEAD>
using AttentionF16Of128 = AttentionF16<HEAD, 128, 4>;
