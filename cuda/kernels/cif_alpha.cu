#include "ptx/device.cuh"
#include "params/cif_alpha.h"
#include "ragged.cuh"
#include "vector4.cuh"
#include "warp.cuh"

namespace {

// The utterance that holds weight `item`, with one weight more than rows for each: like utterance_of over offsets[b] + b.
__device__ __forceinline__ int weight_owner(const int32_t* offsets, int batch, int item) {
    int low = 0;
    int high = batch;
    while (high - low > 1) {
        const int middle = (low + high) >> 1;
        if (offsets[middle] + middle <= item) low = middle; else high = middle;
    }
    return low;
}

}

// One warp a weight.
PARASOL_KERNEL(cif_alpha, CifAlphaParams, 128) {
    const int item = warp_row();
    if (item >= rows_of(p.offsets, p.batch, p.rows) + p.batch) return;
    const int b = weight_owner(p.offsets, p.batch, item);
    if (item == p.offsets[b + 1] + b) {
        if (warp_lane() == 0) p.alphas[item] = p.tail_threshold;
        return;
    }
    const bool vectors = vectors_allowed<float>(p.hidden, p.ld_hidden);
    const bool weight_vectors = vectors_allowed<float>(p.weight, 0);
    const float* hidden = p.hidden + static_cast<int64_t>(item - b) * p.ld_hidden;
    float sum = 0.0f;
    for (int c = warp_lane() * 4; c < p.cols; c += 128) {
        const float4 h = load4(hidden, c, p.cols, vectors);
        const float4 w = load4(p.weight, c, p.cols, weight_vectors);
        sum += (h.x * w.x + h.y * w.y) + (h.z * w.z + h.w * w.w);
    }
    const float logit = warp_sum(sum) + p.bias[0];
    if (warp_lane() == 0) {
        const float weight = 1.0f / (1.0f + expf(-logit));
        p.alphas[item] = fmaxf(weight * p.smooth_factor - p.noise_threshold, 0.0f);
    }
}
