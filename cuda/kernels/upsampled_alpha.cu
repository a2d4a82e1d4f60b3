#include "ptx/device.cuh"
#include "params/upsampled_alpha.h"
#include "vector4.cuh"
#include "warp.cuh"

namespace {

// One warp a row.
template <typename T>
__device__ __forceinline__ void upsampled_alpha(const UpsampledAlphaParams& p) {
    const int row = warp_row();
    if (row >= min(p.rows, p.repeat * *p.device_rows)) return;
    const T* hidden = static_cast<const T*>(p.hidden) + static_cast<int64_t>(row) * p.ld_hidden;
    const bool vectors = vectors_allowed<T>(p.hidden, p.ld_hidden);
    const bool weight_vectors = vectors_allowed<float>(p.weight, 0);
    float sum = 0.0f;
    for (int c = warp_lane() * 4; c < p.cols; c += 128) {
        const float4 h = load4(hidden, c, p.cols, vectors);
        const float4 w = load4(p.weight, c, p.cols, weight_vectors);
        sum += (h.x * w.x + h.y * w.y) + (h.z * w.z + h.w * w.w);
    }
    const float product = warp_sum(sum);
    if (warp_lane() != 0) return;
    if (p.bias == nullptr) {
        p.alphas[row] = product;
        return;
    }
    const float logit = (p.alphas[row] + product) + p.bias[0];
    p.alphas[row] = fmaxf(1.0f / (1.0f + expf(-logit)) * p.smooth_factor - p.noise_threshold, 0.0f);
}

}

PARASOL_KERNEL(upsampled_alpha_f32, UpsampledAlphaParams, 128) { upsampled_alpha<float>(p); }
PARASOL_KERNEL(upsampled_alpha_f16, UpsampledAlphaParams, 128) { upsampled_alpha<__half>(p); }
