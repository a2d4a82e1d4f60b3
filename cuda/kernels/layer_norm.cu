#include "ptx/device.cuh"
#include "params/layer_norm.h"
#include "layer_norm.cuh"

namespace {

template <typename T>
__device__ __forceinline__ void layer_norm(const LayerNormParams& p) {
    const int row = warp_row();
    if (row >= true_rows(p.rows, p.device_rows)) return;
    const NormedRow<T, LayerNormParams> normed(p, row);
    const NormOutputs out(p, row);
    normed.each(out.width(p), [&](int column, float4 y) { out.write(p, column, y); });
}

}

// One warp a row.
PARASOL_KERNEL(layer_norm_f32, LayerNormParams, 128) { layer_norm<float>(p); }
PARASOL_KERNEL(layer_norm_f16, LayerNormParams, 128) { layer_norm<__half>(p); }
