#include "ptx/device.cuh"
#include "params/cif_embed.h"
#include "ragged.cuh"
#include "vector4.cuh"

namespace {

__device__ __forceinline__ void add_frame(float4& sum, float weight, float4 hidden) {
    sum.x += weight * hidden.x;
    sum.y += weight * hidden.y;
    sum.z += weight * hidden.z;
    sum.w += weight * hidden.w;
}

}

// One block a token, four columns a thread. What the frame of the fire before left over comes first, then the frames between,
// then what the fire's own frame needs to fill the token: no difference of running sums, so a token depends on its own frames
// only. Frame T, behind the utterance, carries a weight but no hidden row: it adds nothing.
PARASOL_KERNEL(cif_embed, CifEmbedParams, 128) {
    const int row = static_cast<int>(blockIdx.x);
    if (row >= p.token_offsets[p.batch]) return;
    const int b = utterance_of(p.token_offsets, p.batch, row);
    const int k = row - p.token_offsets[b];
    const int first = p.frame_offsets[b];
    const int frames = p.frame_offsets[b + 1] - first;
    const float* alphas = p.alphas + first + b;
    const int fire = p.fires[first + k];
    const int before = k == 0 ? -1 : p.fires[first + k - 1];
    const float left = k == 0 ? 0.0f : p.remainders[first + k - 1];
    const float* hidden = p.hidden + static_cast<int64_t>(first) * p.ld_hidden;
    const bool vectors = vectors_allowed<float>(p.hidden, p.ld_hidden);
    const bool output_vectors = vectors_allowed<float>(p.embeds, p.cols);
    const int stride = static_cast<int>(blockDim.x) * 4;
    for (int c = static_cast<int>(threadIdx.x) * 4; c < p.cols; c += stride) {
        float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        if (before >= 0) add_frame(sum, left, load4(hidden + static_cast<int64_t>(before) * p.ld_hidden, c, p.cols, vectors));
        for (int t = before + 1; t < fire; t++) {
            add_frame(sum, alphas[t], load4(hidden + static_cast<int64_t>(t) * p.ld_hidden, c, p.cols, vectors));
        }
        if (fire < frames) {
            const float used = alphas[fire] - p.remainders[first + k];
            add_frame(sum, used, load4(hidden + static_cast<int64_t>(fire) * p.ld_hidden, c, p.cols, vectors));
        }
        store4(p.embeds + static_cast<int64_t>(row) * p.cols, c, p.cols, sum, output_vectors);
    }
}
