#include "ptx/device.cuh"
#include "params/stats_pool.h"
#include "column_sum.cuh"

// Grid: x = ceil(cols / 32), y = batch.
PARASOL_KERNEL(stats_pool, StatsPoolParams, 256) {
    __shared__ ColumnSums sums;
    const int col = static_cast<int>(blockIdx.x) * 32 + warp_lane();
    const int at = min(col, p.cols - 1);
    const int first = p.offsets[blockIdx.y];
    const int end = p.offsets[blockIdx.y + 1];
    const int rows = end - first;
    const float* input = p.input + at;
    const float scale = p.scale[at];
    const float shift = p.shift[at];
    const auto value = [&](int row) { return fmaxf(fmaf(input[static_cast<int64_t>(row) * p.ld_input], scale, shift), 0.0f); };
    const float mean = column_sum(sums, first, end, value) / static_cast<float>(max(rows, 1));
    const float squares = column_sum(sums, first, end, [&](int row) {
        const float difference = value(row) - mean;
        return difference * difference;
    });
    if (col >= p.cols || threadIdx.x >= 32) return;
    float* output = p.output + static_cast<int64_t>(blockIdx.y) * p.ld_output + col;
    output[0] = mean;
    output[p.cols] = sqrtf(squares / static_cast<float>(max(rows - 1, 1)));
}
