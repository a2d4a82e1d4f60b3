#include "ptx/device.cuh"
#include "params/unfold.h"
#include "ragged.cuh"
#include "vector4.cuh"
#include "warp.cuh"

namespace {

template <typename T>
__device__ __forceinline__ void unfold(const UnfoldParams& p) {
    const int row = warp_row();
    if (row >= rows_of(p.offsets, p.batch, p.rows)) return;
    const int b = utterance_of(p.offsets, p.batch, row);
    const bool input_vectors = vectors_allowed<T>(p.input, p.ld_input);
    const bool output_vectors = vectors_allowed<T>(p.output, p.ld_output) && p.cols % 4 == 0;
    const int first = warp_lane() * 4;
    T* output = static_cast<T*>(p.output) + static_cast<int64_t>(row) * p.ld_output;
    const float4 zero = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    for (int w = 0; w < p.width; w++) {
        const int source = row + w - p.left;
        const bool inside = source >= p.offsets[b] && source < p.offsets[b + 1];
        const T* input = static_cast<const T*>(p.input) + (inside ? static_cast<int64_t>(source) * p.ld_input : 0);
        for (int c = first; c < p.cols; c += 128) {
            store4(output + w * p.cols, c, p.cols, inside ? load4(input, c, p.cols, input_vectors) : zero, output_vectors);
        }
    }
    const int used = p.width * p.cols;
    for (int c = used + warp_lane(); c < p.ld_output; c += 32) store1(output + c, 0.0f);
}

}

// One warp a row.
PARASOL_KERNEL(unfold_f32, UnfoldParams, 128) { unfold<float>(p); }
PARASOL_KERNEL(unfold_f16, UnfoldParams, 128) { unfold<__half>(p); }
