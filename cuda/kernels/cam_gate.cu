#include "ptx/device.cuh"
#include "params/cam_gate.h"
#include "ragged.cuh"

namespace {

constexpr int MAX_CHANNELS = 512;
constexpr int MAX_HIDDEN = 256;

// bias + row vector times matrix, one chain for each element.
__device__ __forceinline__ float product(const float* vector, const float* matrix, float bias, int count, int stride) {
    float sum = bias;
    for (int k = 0; k < count; k++) sum = fmaf(vector[k], matrix[static_cast<int64_t>(k) * stride], sum);
    return sum;
}

}

// One block a segment.
PARASOL_KERNEL(cam_gate, CamGateParams, 128) {
    __shared__ float context[MAX_CHANNELS];
    __shared__ float hidden[MAX_HIDDEN];
    const int segment = static_cast<int>(blockIdx.x);
    if (segment >= rows_of(p.segment_offsets, p.batch, p.segments)) return;
    const int b = utterance_of(p.segment_offsets, p.batch, segment);
    const int all = p.offsets[b + 1] - p.offsets[b];
    const int own = min(p.segment_rows, all - (segment - p.segment_offsets[b]) * p.segment_rows);
    for (int c = static_cast<int>(threadIdx.x); c < p.channels; c += 128) {
        float sum = 0.0f;
        for (int s = p.segment_offsets[b]; s < p.segment_offsets[b + 1]; s++) sum += p.sums[static_cast<int64_t>(s) * p.channels + c];
        context[c] = sum / static_cast<float>(all) + p.sums[static_cast<int64_t>(segment) * p.channels + c] / static_cast<float>(own);
    }
    __syncthreads();
    for (int h = static_cast<int>(threadIdx.x); h < p.hidden; h += 128) {
        hidden[h] = fmaxf(product(context, p.weight1 + h, p.bias1[h], p.channels, p.hidden), 0.0f);
    }
    __syncthreads();
    for (int o = static_cast<int>(threadIdx.x); o < p.outputs; o += 128) {
        const float x = product(hidden, p.weight2 + o, p.bias2[o], p.hidden, p.outputs);
        p.gate[static_cast<int64_t>(segment) * p.outputs + o] = 1.0f / (1.0f + expf(-x));
    }
}
