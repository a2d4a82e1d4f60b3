#include "ptx/device.cuh"
#include "params/gather_rows.h"
#include "vector4.cuh"
#include "warp.cuh"

namespace {

// One warp a row.
template <typename T>
__device__ __forceinline__ void gather_rows(const GatherRowsParams& p) {
    const int row = warp_row();
    if (row >= p.rows) return;
    const T* input = static_cast<const T*>(p.input) + static_cast<int64_t>(p.index[row]) * p.ld_input;
    T* output = static_cast<T*>(p.output) + static_cast<int64_t>(row) * p.ld_output;
    const bool vectors = vectors_allowed<T>(p.input, p.ld_input);
    const bool output_vectors = vectors_allowed<T>(p.output, p.ld_output);
    for (int c = warp_lane() * 4; c < p.ld_output; c += 128) store4(output, c, p.ld_output, load4(input, c, p.cols, vectors), output_vectors);
}

}

PARASOL_KERNEL(gather_rows_f32, GatherRowsParams, 128) { gather_rows<float>(p); }
PARASOL_KERNEL(gather_rows_f16, GatherRowsParams, 128) { gather_rows<__half>(p); }
