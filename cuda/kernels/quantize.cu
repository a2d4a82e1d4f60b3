#include "ptx/device.cuh"
#include "params/quantize.h"
#include "quantize.cuh"
#include "warp.cuh"

// One warp for 128 columns of a row, four columns a lane: block x holds four rows, block y 128 columns.
PARASOL_KERNEL(quantize_f16, QuantizeParams, 128) {
    const int row = warp_row();
    if (row >= true_rows(p.rows, p.device_rows)) return;
    const int block = static_cast<int>(blockIdx.y), column = block * QUANTIZED_BLOCK + warp_lane() * 4;
    const __half* input = static_cast<const __half*>(p.input) + static_cast<int64_t>(row) * p.ld_input;
    const float4 v = load4(input, column, p.cols, vectors_allowed<__half>(p.input, p.ld_input));
    float scale;
    if (p.static_scale != nullptr) {
        scale = *p.static_scale;
    } else {
        scale = scale_of(warp_widest(wider4(0.0f, v)));
        if (warp_lane() == 0) p.scales[static_cast<int64_t>(row) * (p.ld_output / QUANTIZED_BLOCK) + block] = scale;
    }
    *reinterpret_cast<uint32_t*>(p.output + static_cast<int64_t>(row) * p.ld_output + column) = quantized4(v, inverse_scale(scale));
}
