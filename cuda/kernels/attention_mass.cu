#include "ptx/device.cuh"
#include "params/attention_mass.h"
#include "vector4.cuh"

namespace {

constexpr int THREADS = 256;
constexpr int WARPS_A_BLOCK = THREADS / 32;

// The largest or the sum of a value over the block, in the same order always. `shared` has WARPS_A_BLOCK elements.
template <bool SUM>
__device__ __forceinline__ float block_reduce(float value, float* shared) {
    for (int distance = 16; distance > 0; distance >>= 1) {
        const float other = __shfl_xor_sync(0xffffffffu, value, distance);
        value = SUM ? value + other : fmaxf(value, other);
    }
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = value;
    __syncthreads();
    float result = shared[0];
    for (int w = 1; w < WARPS_A_BLOCK; w++) result = SUM ? result + shared[w] : fmaxf(result, shared[w]);
    __syncthreads();
    return result;
}

template <typename T>
__device__ __forceinline__ float dot(const float* q, const T* k, int size, bool vectors) {
    float sum = 0.0f;
    for (int c = 0; c < size; c += 4) {
        const float4 left = load4(q, c, size, false);
        const float4 right = load4(k, c, size, vectors);
        sum += (left.x * right.x + left.y * right.y) + (left.z * right.z + left.w * right.w);
    }
    return sum;
}

// A block an utterance and head, a query after the other; a thread has every 256th key.
template <typename T>
__device__ __forceinline__ void attention_mass(const AttentionMassParams& p) {
    PARASOL_DYNAMIC_SHARED(float, memory);
    __shared__ float reduction[WARPS_A_BLOCK];
    float* query = memory;                      // [head_size]
    float* logits = query + p.head_size;        // [keys]
    float* sums = logits + p.keys;              // [keys]
    const int head = static_cast<int>(blockIdx.y);
    const int thread = static_cast<int>(threadIdx.x);
    const T* keys = static_cast<const T*>(p.k) + head * p.head_size;
    const bool vectors = vectors_allowed<T>(keys, p.ld_k);
    for (int k = thread; k < p.keys; k += THREADS) sums[k] = 0.0f;
    for (int row = p.q_offsets[blockIdx.x]; row < p.q_offsets[blockIdx.x + 1]; row++) {
        const T* q = static_cast<const T*>(p.q) + static_cast<int64_t>(row) * p.ld_q + head * p.head_size;
        for (int c = thread; c < p.head_size; c += THREADS) query[c] = load1(q + c) * p.scale;
        __syncthreads();
        float largest = -INFINITY;
        for (int k = thread; k < p.keys; k += THREADS) {
            const float logit = dot(query, keys + static_cast<int64_t>(k) * p.ld_k, p.head_size, vectors);
            logits[k] = logit;
            largest = fmaxf(largest, logit);
        }
        largest = block_reduce<false>(largest, reduction);
        float sum = 0.0f;
        for (int k = thread; k < p.keys; k += THREADS) {
            logits[k] = expf(logits[k] - largest);
            sum += logits[k];
        }
        sum = block_reduce<true>(sum, reduction);
        for (int k = thread; k < p.keys; k += THREADS) sums[k] += logits[k] / sum;
    }
    float* mass = p.mass + (static_cast<int64_t>(blockIdx.x) * p.heads + head) * p.keys;
    for (int k = thread; k < p.keys; k += THREADS) mass[k] = sums[k];
}

}

// Block x is an utterance, block y a head. Dynamic shared memory: head_size + 2 * keys floats.
PARASOL_KERNEL(attention_mass_f32, AttentionMassParams, THREADS) { attention_mass<float>(p); }
PARASOL_KERNEL(attention_mass_f16, AttentionMassParams, THREADS) { attention_mass<__half>(p); }
