#include "ptx/device.cuh"
#include "params/top_keys.h"

namespace {

constexpr int THREADS = 256;
constexpr int WARPS_A_BLOCK = THREADS / 32;
constexpr float TAKEN = -2.0f;      // below every sum of probabilities, and below what stands for one that is none

// The larger value wins, of equals the lower key.
__device__ __forceinline__ void better(float& value, int& key, float other, int other_key) {
    if (other > value || (other == value && other_key < key)) {
        value = other;
        key = other_key;
    }
}

}

// A block an utterance. Dynamic shared memory: `keys` floats.
PARASOL_KERNEL(top_keys, TopKeysParams, THREADS) {
    PARASOL_DYNAMIC_SHARED(float, sums);
    __shared__ float values[WARPS_A_BLOCK];
    __shared__ int found[WARPS_A_BLOCK];
    const int b = static_cast<int>(blockIdx.x);
    const int thread = static_cast<int>(threadIdx.x);
    const float* mass = p.mass + static_cast<int64_t>(b) * p.heads * p.keys;
    for (int k = thread; k < p.keys; k += THREADS) {
        float sum = 0.0f;
        for (int h = 0; h < p.heads; h++) sum += mass[static_cast<int64_t>(h) * p.keys + k];
        sums[k] = sum >= 0.0f ? sum : -1.0f;
    }
    int32_t* index = p.index + static_cast<int64_t>(b) * (p.count + 1);
    for (int i = 0; i < p.count; i++) {
        float value = TAKEN;
        int key = p.keys;
        for (int k = thread; k < p.keys; k += THREADS) better(value, key, sums[k], k);
        for (int distance = 16; distance > 0; distance >>= 1) {
            const float other = __shfl_xor_sync(0xffffffffu, value, distance);
            const int other_key = __shfl_xor_sync(0xffffffffu, key, distance);
            better(value, key, other, other_key);
        }
        if (thread % 32 == 0) {
            values[thread / 32] = value;
            found[thread / 32] = key;
        }
        __syncthreads();
        for (int w = 0; w < WARPS_A_BLOCK; w++) better(value, key, values[w], found[w]);
        if (thread == 0) index[i] = key;
        if (key % THREADS == thread) sums[key] = TAKEN;     // its owner's own element
        __syncthreads();
    }
    if (thread == 0) {
        index[p.count] = p.keys - 1;
        p.offsets[b] = b * (p.count + 1);
        if (b == p.batch - 1) p.offsets[p.batch] = p.batch * (p.count + 1);
    }
}
