#include "ptx/device.cuh"
#include "params/layer_norm_s8.h"
#include "layer_norm.cuh"
#include "quantize.cuh"

namespace {

// What is quantized is the norm in fp32, never rounded to fp16. Where it is written in place it is so last, since columns that no register holds are read again.
template <typename T>
__device__ __forceinline__ void layer_norm_s8(const LayerNormS8Params& p) {
    const int row = warp_row();
    if (row >= true_rows(p.rows, p.device_rows)) return;
    const NormedRow<T, LayerNormS8Params> normed(p, row);
    float scale;
    if (p.static_scale != nullptr) {
        scale = *p.static_scale;
    } else {
        float most = 0.0f;
        normed.each(p.cols, [&](int, float4 y) { most = wider4(most, y); });
        scale = scale_of(warp_widest(most));
        if (warp_lane() == 0) p.scales[row] = scale;
    }
    const float inverse = inverse_scale(scale);
    int8_t* output = p.output_s8 + static_cast<int64_t>(row) * p.ld_s8;
    normed.each(p.ld_s8, [&](int column, float4 y) { *reinterpret_cast<uint32_t*>(output + column) = quantized4(y, inverse); });
    const NormOutputs out(p, row);
    normed.each(out.width(p), [&](int column, float4 y) { out.write(p, column, y); });
}

}

// One warp a row.
PARASOL_KERNEL(layer_norm_s8_f32, LayerNormS8Params, 128) { layer_norm_s8<float>(p); }
PARASOL_KERNEL(layer_norm_s8_f16, LayerNormS8Params, 128) { layer_norm_s8<__half>(p); }
