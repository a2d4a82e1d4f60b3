#include "ptx/device.cuh"
#include "params/log_softmax.h"
#include "warp.cuh"

namespace {

/*
 * log_softmax over a row's columns. Grid: x = rows; a CTA of 128 threads a row.
 * Thread t sums columns t, t + 128, ... in order, lanes join by a butterfly, warps in order: fixed by the number of columns.
 */
struct LogSoftmaxShared {
    float maximum[4];
    float sum[4];
};

}

PARASOL_KERNEL(log_softmax, LogSoftmaxParams, 128) {
    __shared__ LogSoftmaxShared shared;
    const int row = blockIdx.x, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    if (row >= true_rows(p.rows, p.device_rows)) return;
    const float* input = p.input + (int64_t)row * p.ld;
    float* output = p.output + (int64_t)row * p.ld;

    float maximum = -INFINITY;
    for (int c = threadIdx.x; c < p.cols; c += 128) maximum = fmaxf(maximum, input[c]);
#pragma unroll
    for (int bit = 16; bit > 0; bit /= 2) maximum = fmaxf(maximum, __shfl_xor_sync(0xffffffffu, maximum, bit));
    if (lane == 0) shared.maximum[warp] = maximum;
    __syncthreads();
    maximum = fmaxf(fmaxf(shared.maximum[0], shared.maximum[1]), fmaxf(shared.maximum[2], shared.maximum[3]));

    float sum = 0.0f;
    for (int c = threadIdx.x; c < p.cols; c += 128) sum += expf(input[c] - maximum);
#pragma unroll
    for (int bit = 16; bit > 0; bit /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, bit);
    if (lane == 0) shared.sum[warp] = sum;
    __syncthreads();
    const float offset = logf(shared.sum[0] + shared.sum[1] + shared.sum[2] + shared.sum[3]);
    for (int c = threadIdx.x; c < p.cols; c += 128) output[c] = input[c] - maximum - offset;
}
