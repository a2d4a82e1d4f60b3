#pragma once
#include "ptx/device.cuh"

// Kernels that give each row to one warp: WARPS rows a block, warp w of block x takes row x * WARPS + w.
constexpr int WARPS = 4;

__device__ __forceinline__ int warp_lane() { return static_cast<int>(threadIdx.x) & 31; }
__device__ __forceinline__ int warp_row() { return static_cast<int>(blockIdx.x) * WARPS + (static_cast<int>(threadIdx.x) >> 5); }

// The sum over the warp in every lane; always in the same order.
__device__ __forceinline__ float warp_sum(float value) {
    for (int distance = 16; distance > 0; distance >>= 1) value += __shfl_xor_sync(0xffffffffu, value, distance);
    return value;
}

// rows, or fewer where the device knows better.
__device__ __forceinline__ int true_rows(int rows, const int32_t* device_rows) {
    return device_rows == nullptr ? rows : min(rows, *device_rows);
}
