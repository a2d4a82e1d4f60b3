#include "ptx/device.cuh"
#include "params/quantize_weight.h"
#include "quantize.cuh"
#include "warp.cuh"
#include "weight_tiles.cuh"

namespace {

// The column of the source that comes first among the four at `column`, and how far the latter two are behind the first.
struct Four {
    int first, step;
};

__device__ __forceinline__ Four four(int column, bool interleaved) {
    return interleaved ? Four{column / 16 * 16 + column % 16 / 2, 8} : Four{column, 2};
}

// Where the four columns at `column`, a multiple of 4, of a row of the source go.
__device__ __forceinline__ int8_t* place(const QuantizeWeightParams& p, int row, int column) {
    return p.destination + (p.order == QUANTIZED_TILED ? weight_byte(p.first_row + row, column, p.n, p.ld) : static_cast<int64_t>(row) * p.ld + column);
}

template <typename T>
__device__ __forceinline__ float4 load(const T* row, Four at, int cols) {
    const int second = at.first + at.step;
    return make_float4(at.first < cols ? load1(row + at.first) : 0.0f, at.first + 1 < cols ? load1(row + at.first + 1) : 0.0f,
                       second < cols ? load1(row + second) : 0.0f, second + 1 < cols ? load1(row + second + 1) : 0.0f);
}

template <typename T>
__device__ __forceinline__ void quantize_weight(const QuantizeWeightParams& p) {
    const int row = warp_row();
    if (row >= p.rows) return;
    const T* source = static_cast<const T*>(p.source) + static_cast<int64_t>(row) * p.cols;
    float most = 0.0f;
    for (int c = warp_lane() * 4; c < p.cols; c += 128) most = wider4(most, load(source, four(c, false), p.cols));
    const float scale = scale_of(warp_widest(most)), inverse = inverse_scale(scale);
    if (warp_lane() == 0) p.scales[row] = scale;
    for (int c = warp_lane() * 4; c < p.ld; c += 128)
        *reinterpret_cast<uint32_t*>(place(p, row, c)) = quantized4(load(source, four(c, p.order == QUANTIZED_INTERLEAVED), p.cols), inverse);
}

}

// One warp a row.
PARASOL_KERNEL(quantize_weight_f32, QuantizeWeightParams, 128) { quantize_weight<float>(p); }
PARASOL_KERNEL(quantize_weight_f16, QuantizeWeightParams, 128) { quantize_weight<__half>(p); }
PARASOL_KERNEL(quantize_weight_s8, QuantizeWeightParams, 128) {
    const int row = warp_row();
    if (row >= p.rows) return;
    const int8_t* source = static_cast<const int8_t*>(p.source) + static_cast<int64_t>(row) * p.cols;
    for (int c = warp_lane() * 4; c < p.ld; c += 128) {
        const Four at = four(c, p.order == QUANTIZED_INTERLEAVED);
        int8_t* destination = place(p, row, c);
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const int from = at.first + i % 2 + i / 2 * at.step;
            destination[i] = from < p.cols ? source[from] : 0;
        }
    }
}
