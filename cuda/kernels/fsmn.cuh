#pragma once
#include "ptx/device.cuh"
#include "ragged.cuh"
#include "vector4.cuh"

// FSMN memory of four channels and eight neighbouring rows in one thread: what fsmn and fsmn_norm share. Params has the fields
// input, weight, ld_input, channels, kernel_size and left.

constexpr int FSMN_ROWS = 8;        // output rows a thread, of four channels

__device__ __forceinline__ void add4(float4& sum, float4 value) {
    sum.x += value.x;
    sum.y += value.y;
    sum.z += value.z;
    sum.w += value.w;
}

__device__ __forceinline__ void multiply_add4(float4& sum, float4 weight, float4 value) {
    sum.x += weight.x * value.x;
    sum.y += weight.y * value.y;
    sum.z += weight.z * value.z;
    sum.w += weight.w * value.w;
}

// Rows outside the utterance are zero.
template <typename T, typename Params>
__device__ __forceinline__ float4 input4(const Params& p, const RowTile& tile, int row, int channel, bool vectors) {
    if (row < tile.first || row >= tile.end) return make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    return load4(static_cast<const T*>(p.input) + static_cast<int64_t>(row) * p.ld_input, channel, p.channels, vectors);
}

// sums = the rows and their neighbours times the taps. The rows that tap j of the eight outputs needs are those of tap j - 1 moved by one: a window in registers.
template <typename T, typename Params>
__device__ __forceinline__ void fsmn_sums(float4 (&sums)[FSMN_ROWS], const Params& p, const RowTile& tile, int channel, bool vectors, bool weight_vectors) {
    float4 window[FSMN_ROWS];
#pragma unroll
    for (int r = 0; r < FSMN_ROWS; r++) {
        sums[r] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        window[r] = r == 0 ? sums[0] : input4<T>(p, tile, tile.begin - p.left + r - 1, channel, vectors);
    }
    for (int j = 0; j < p.kernel_size; j++) {
#pragma unroll
        for (int r = 0; r + 1 < FSMN_ROWS; r++) window[r] = window[r + 1];
        window[FSMN_ROWS - 1] = input4<T>(p, tile, tile.begin - p.left + j + FSMN_ROWS - 1, channel, vectors);
        const float4 weight = load4(p.weight + static_cast<int64_t>(j) * p.channels, channel, p.channels, weight_vectors);
#pragma unroll
        for (int r = 0; r < FSMN_ROWS; r++) multiply_add4(sums[r], weight, window[r]);
    }
#pragma unroll
    for (int r = 0; r < FSMN_ROWS; r++) {
        if (tile.begin + r < tile.end) add4(sums[r], input4<T>(p, tile, tile.begin + r, channel, vectors));
    }
}
