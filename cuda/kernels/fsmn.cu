#include "ptx/device.cuh"
#include "params/fsmn.h"
#include "ragged.cuh"
#include "vector4.cuh"

namespace {

constexpr int ROWS = 8;             // output rows a thread, of four channels

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
template <typename T>
__device__ __forceinline__ float4 input4(const FsmnParams& p, const RowTile& tile, int row, int channel, bool vectors) {
    if (row < tile.first || row >= tile.end) return make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    return load4(static_cast<const T*>(p.input) + static_cast<int64_t>(row) * p.ld_input, channel, p.channels, vectors);
}

// The rows that tap j of the eight outputs needs are those of tap j - 1 moved by one: a window in registers.
template <typename T>
__device__ __forceinline__ void fsmn(const FsmnParams& p) {
    RowTile tile;
    if (!row_tile_of<ROWS>(p.offsets, p.batch, static_cast<int>(blockIdx.x), tile)) return;
    const bool vectors = vectors_allowed<T>(p.input, p.ld_input);
    const bool weight_vectors = vectors_allowed<float>(p.weight, p.channels);
    const bool output_vectors = vectors_allowed<float>(p.output, p.channels) && vectors_allowed<float>(p.residual, p.channels);
    const int stride = static_cast<int>(blockDim.x) * 4;
    for (int channel = static_cast<int>(threadIdx.x) * 4; channel < p.channels; channel += stride) {
        float4 window[ROWS];
        float4 sums[ROWS];
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            sums[r] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
            window[r] = r == 0 ? sums[0] : input4<T>(p, tile, tile.begin - p.left + r - 1, channel, vectors);
        }
        for (int j = 0; j < p.kernel_size; j++) {
#pragma unroll
            for (int r = 0; r + 1 < ROWS; r++) window[r] = window[r + 1];
            window[ROWS - 1] = input4<T>(p, tile, tile.begin - p.left + j + ROWS - 1, channel, vectors);
            const float4 weight = load4(p.weight + static_cast<int64_t>(j) * p.channels, channel, p.channels, weight_vectors);
#pragma unroll
            for (int r = 0; r < ROWS; r++) multiply_add4(sums[r], weight, window[r]);
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            const int row = tile.begin + r;
            if (row >= tile.end) break;
            add4(sums[r], input4<T>(p, tile, row, channel, vectors));
            const int64_t at = static_cast<int64_t>(row) * p.channels;
            if (p.residual != nullptr) add4(sums[r], load4(p.residual + at, channel, p.channels, output_vectors));
            store4(p.output + at, channel, p.channels, sums[r], output_vectors);
        }
    }
}

}

// One block for each slot of eight rows (see ragged.cuh), any multiple of 32 threads up to 128.
PARASOL_KERNEL(fsmn_f32, FsmnParams, 128) { fsmn<float>(p); }
PARASOL_KERNEL(fsmn_f16, FsmnParams, 128) { fsmn<__half>(p); }
