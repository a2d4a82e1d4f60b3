#pragma once
#include "ptx/device.cuh"

/* The largest value of a row so far and its column, the lowest one on a tie: the outcome does not depend on the order of joining. */
struct Best {
    float value;
    int id;

    __device__ __forceinline__ void join(float v, int i) {
        if (v > value || (v == value && i < id)) value = v, id = i;
    }

    /* Joins the results of `span` neighbouring lanes, a power of two; each of them has it then. */
    __device__ __forceinline__ void join_lanes(int span) {
#pragma unroll
        for (int bit = 1; bit < span; bit *= 2) {
            float v = __shfl_xor_sync(0xffffffffu, value, bit);
            int i = __shfl_xor_sync(0xffffffffu, id, bit);
            join(v, i);
        }
    }
};

/* Width in columns of a partial result of the fused output layer. */
constexpr int ARGMAX_COLUMNS = 64;
