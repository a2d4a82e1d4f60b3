#include "ptx/device.cuh"
#include "params/random_fill.h"

namespace {

constexpr int THREADS = 128;
constexpr int ROUNDS = 4;           // of four elements a thread
constexpr float HALF_RANGE = 131070.0f;             // mean of the sum of four numbers from 0 .. 65535
constexpr float INVERSE_DEVIATION = 2.6428998e-5f;     // 1 / sqrt(4 (65536^2 - 1) / 12)

// The mixing function of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
__device__ __forceinline__ uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

// Four 16-bit numbers from one hash, summed: nearly normal, within 3.5 standard deviations, and exact in integers, so that every
// device makes the same numbers to the last bit.
__device__ __forceinline__ float normal(const RandomFillParams& p, uint64_t key, int64_t element) {
    const uint64_t bits = mix(key + static_cast<uint64_t>(element) * 0x9e3779b97f4a7c15ull);
    const unsigned low = static_cast<unsigned>(bits);
    const unsigned high = static_cast<unsigned>(bits >> 32);
    const unsigned sum = (low & 0xffffu) + (low >> 16) + (high & 0xffffu) + (high >> 16);
    return fmaf((static_cast<float>(sum) - HALF_RANGE) * INVERSE_DEVIATION, p.scale, p.mean);
}

}

// 2048 elements a block.
PARASOL_KERNEL(random_fill, RandomFillParams, THREADS) {
    const uint64_t key = mix(p.seed + 0x9e3779b97f4a7c15ull);
    const int64_t first = (static_cast<int64_t>(blockIdx.x) * ROUNDS * THREADS + threadIdx.x) * 4;
    const bool vectors = reinterpret_cast<uintptr_t>(p.destination) % 16 == 0;
    for (int round = 0; round < ROUNDS; round++) {
        const int64_t i = first + round * THREADS * 4;
        if (vectors && i + 4 <= p.count) {
            *reinterpret_cast<float4*>(p.destination + i) =
                make_float4(normal(p, key, i), normal(p, key, i + 1), normal(p, key, i + 2), normal(p, key, i + 3));
        } else {
            for (int64_t e = i; e < i + 4 && e < p.count; e++) p.destination[e] = normal(p, key, e);
        }
    }
}
