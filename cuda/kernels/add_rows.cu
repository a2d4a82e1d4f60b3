#include "ptx/device.cuh"
#include "params/add_rows.h"
#include "vector4.cuh"
#include "warp.cuh"

namespace {

// One warp a row.
template <typename T>
__device__ __forceinline__ void add_rows(const AddRowsParams& p) {
    const int row = warp_row();
    if (row >= true_rows(p.rows, p.device_rows)) return;
    const float* a = p.a + static_cast<int64_t>(row) * p.cols;
    const float* b = p.b + static_cast<int64_t>(row) * p.cols;
    T* output = static_cast<T*>(p.output) + static_cast<int64_t>(row) * p.ld_output;
    const bool vectors = vectors_allowed<float>(p.a, p.cols) && vectors_allowed<float>(p.b, p.cols);
    const bool output_vectors = vectors_allowed<T>(p.output, p.ld_output);
    for (int c = warp_lane() * 4; c < p.ld_output; c += 128) {
        const float4 x = load4(a, c, p.cols, vectors);
        const float4 y = load4(b, c, p.cols, vectors);
        store4(output, c, p.ld_output, make_float4(x.x + y.x, x.y + y.y, x.z + y.z, x.w + y.w), output_vectors);
    }
}

}

PARASOL_KERNEL(add_rows_f32, AddRowsParams, 128) { add_rows<float>(p); }
PARASOL_KERNEL(add_rows_f16, AddRowsParams, 128) { add_rows<__half>(p); }
