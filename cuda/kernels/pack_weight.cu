#include "ptx/device.cuh"
#include "params/pack_weight.h"
#include "vector4.cuh"
#include "warp.cuh"

namespace {

constexpr int COLUMNS = 1024;       // columns a warp, 32 for each lane

// Rows that lie in order already.
template <typename From, typename To>
__device__ __forceinline__ void pack_in_order(const PackWeightParams& p, const From* source, To* destination, int begin, int end, bool output_vectors) {
    const bool input_vectors = vectors_allowed<From>(p.source, 0) && p.stride_n % 4 == 0;
    for (int c = begin; c < end; c += 128) store4(destination, c, end, load4(source, c, p.cols, input_vectors), output_vectors);
}

template <typename From>
__device__ __forceinline__ float gather(const PackWeightParams& p, const From* source, int column) {
    if (column >= p.cols) return 0.0f;
    const int outer = column / p.inner;
    return load1(source + (column - outer * p.inner) * p.stride_inner + outer * p.stride_outer);
}

template <typename From, typename To>
__device__ __forceinline__ void pack_weight(const PackWeightParams& p) {
    const int row = warp_row();
    if (row >= p.rows) return;
    const From* source = static_cast<const From*>(p.source) + row * p.stride_n;
    To* destination = static_cast<To*>(p.destination) + static_cast<int64_t>(row) * p.ld;
    const bool output_vectors = vectors_allowed<To>(p.destination, p.ld);
    const int begin = static_cast<int>(blockIdx.y) * COLUMNS + warp_lane() * 4;
    const int end = min(static_cast<int>(blockIdx.y + 1) * COLUMNS, p.ld);
    if (p.stride_inner == 1 && p.inner == p.cols) {
        pack_in_order(p, source, destination, begin, end, output_vectors);
        return;
    }
    for (int c = begin; c < end; c += 128) {
        float4 value;
        value.x = gather(p, source, c);
        value.y = gather(p, source, c + 1);
        value.z = gather(p, source, c + 2);
        value.w = gather(p, source, c + 3);
        store4(destination, c, end, value, output_vectors);
    }
}

}

// One warp for each row and 1024 columns: block x holds four rows, block y 1024 columns.
PARASOL_KERNEL(pack_weight_f32_f32, PackWeightParams, 128) { pack_weight<float, float>(p); }
PARASOL_KERNEL(pack_weight_f32_f16, PackWeightParams, 128) { pack_weight<float, __half>(p); }
PARASOL_KERNEL(pack_weight_f16_f32, PackWeightParams, 128) { pack_weight<__half, float>(p); }
PARASOL_KERNEL(pack_weight_f16_f16, PackWeightParams, 128) { pack_weight<__half, __half>(p); }
