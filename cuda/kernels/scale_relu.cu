#include "ptx/device.cuh"
#include "params/scale_relu.h"
#include "vector4.cuh"
#include "warp.cuh"

// One warp a row.
PARASOL_KERNEL(scale_relu, ScaleReluParams, 128) {
    const int row = warp_row();
    if (row >= true_rows(p.rows, p.device_rows)) return;
    const float* input = p.input + static_cast<int64_t>(row) * p.ld_input;
    float* output = p.output + static_cast<int64_t>(row) * p.ld_output;
    const bool vectors = vectors_allowed<float>(p.input, p.ld_input) && vectors_allowed<float>(p.output, p.ld_output)
            && vectors_allowed<float>(p.scale, 4) && vectors_allowed<float>(p.shift, 4);
    for (int c = warp_lane() * 4; c < p.ld_output; c += 128) {
        const float4 x = load4(input, c, p.cols, vectors);
        const float4 scale = load4(p.scale, c, p.cols, vectors);
        const float4 shift = load4(p.shift, c, p.cols, vectors);
        store4(output, c, p.ld_output, make_float4(fmaxf(fmaf(x.x, scale.x, shift.x), 0.0f), fmaxf(fmaf(x.y, scale.y, shift.y), 0.0f),
                                                   fmaxf(fmaf(x.z, scale.z, shift.z), 0.0f), fmaxf(fmaf(x.w, scale.w, shift.w), 0.0f)), vectors);
    }
}
