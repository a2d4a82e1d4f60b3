#include "ptx/device.cuh"
#include "params/convert.h"
#include "vector4.cuh"
#include "warp.cuh"

namespace {

template <typename From, typename To>
__device__ __forceinline__ void convert(const ConvertParams& p) {
    const int row = warp_row();
    if (row >= true_rows(p.rows, p.device_rows)) return;
    const bool input_vectors = vectors_allowed<From>(p.input, p.ld_input);
    const bool output_vectors = vectors_allowed<To>(p.output, p.ld_output);
    const From* input = static_cast<const From*>(p.input) + static_cast<int64_t>(row) * p.ld_input;
    To* output = static_cast<To*>(p.output) + static_cast<int64_t>(row) * p.ld_output;
    for (int c = warp_lane() * 4; c < p.ld_output; c += 128) {
        store4(output, c, p.ld_output, load4(input, c, p.cols, input_vectors), output_vectors);
    }
}

}

// One warp a row.
PARASOL_KERNEL(convert_f32_f16, ConvertParams, 128) { convert<float, __half>(p); }
PARASOL_KERNEL(convert_f16_f32, ConvertParams, 128) { convert<__half, float>(p); }
