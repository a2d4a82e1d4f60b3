#include "ptx/device.cuh"
#include "params/center.h"
#include "column_sum.cuh"

// Grid: x = ceil(cols / 32), y = batch.
PARASOL_KERNEL(center, CenterParams, 256) {
    __shared__ ColumnSums sums;
    const int col = static_cast<int>(blockIdx.x) * 32 + warp_lane();
    const int first = p.offsets[blockIdx.y];
    const int end = p.offsets[blockIdx.y + 1];
    float* values = p.values + min(col, p.cols - 1);
    const float sum = column_sum(sums, first, end, [&](int row) { return values[static_cast<int64_t>(row) * p.ld]; });
    const float mean = sum / static_cast<float>(end - first);
    if (col >= p.cols) return;
    for (int row = first + (static_cast<int>(threadIdx.x) >> 5); row < end; row += COLUMN_WARPS) values[static_cast<int64_t>(row) * p.ld] -= mean;
}
