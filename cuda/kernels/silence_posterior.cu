#include "ptx/device.cuh"
#include "params/silence_posterior.h"
#include "warp.cuh"

// One warp a row. Lane l sums columns l, l + 32, ... in their order, lanes join by a butterfly: the order is fixed by the number of columns.
PARASOL_KERNEL(silence_posterior, SilencePosteriorParams, 128) {
    const int row = warp_row();
    if (row >= p.rows) return;
    const float* logits = p.logits + static_cast<int64_t>(row) * p.ld;
    float maximum = -INFINITY;
    for (int c = warp_lane(); c < p.cols; c += 32) maximum = fmaxf(maximum, logits[c]);
#pragma unroll
    for (int distance = 16; distance > 0; distance >>= 1) maximum = fmaxf(maximum, __shfl_xor_sync(0xffffffffu, maximum, distance));
    float sum = 0.0f;
    for (int c = warp_lane(); c < p.cols; c += 32) sum += expf(logits[c] - maximum);
    sum = warp_sum(sum);
    if (warp_lane() == 0) p.posterior[row] = expf(logits[p.silence] - maximum) / sum;
    if (p.scores == nullptr) return;
    float* scores = p.scores + static_cast<int64_t>(row) * p.cols;
    for (int c = warp_lane(); c < p.cols; c += 32) scores[c] = expf(logits[c] - maximum) / sum;
}
