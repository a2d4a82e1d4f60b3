#pragma once
#include "ptx/device.cuh"
#include "warp.cuh"

// Sums by columns over the rows of an utterance: a block of 256 threads has 32 columns, one a lane, and warp w takes rows w, w + 8, ...
// The order depends on the number of rows alone. Every 64 numbers are added up for themselves, which keeps long sums exact enough.

constexpr int COLUMN_WARPS = 8;
constexpr int COLUMN_GROUP = 64;

struct ColumnSums {
    float part[COLUMN_WARPS][32];
};

// value(row) of rows first .. end - 1, the same in all warps. All 256 threads must come.
template <typename Value>
__device__ __forceinline__ float column_sum(ColumnSums& shared, int first, int end, Value value) {
    const int warp = static_cast<int>(threadIdx.x) >> 5;
    float total = 0.0f;
    for (int from = first + warp; from < end; from += COLUMN_WARPS * COLUMN_GROUP) {
        const int to = min(end, from + COLUMN_WARPS * COLUMN_GROUP);
        float sum = 0.0f;
        for (int row = from; row < to; row += COLUMN_WARPS) sum += value(row);
        total += sum;
    }
    __syncthreads();                // what is in `shared` from the sum before has been read
    shared.part[warp][warp_lane()] = total;
    __syncthreads();
    float all = 0.0f;
#pragma unroll
    for (int w = 0; w < COLUMN_WARPS; w++) all += shared.part[w][warp_lane()];
    return all;
}
