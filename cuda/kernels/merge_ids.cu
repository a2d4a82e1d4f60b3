#include "ptx/device.cuh"
#include "params/merge_ids.h"
#include "warp.cuh"

// One thread an id.
PARASOL_KERNEL(merge_ids, MergeIdsParams, 128) {
    const int row = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    if (row >= true_rows(p.rows, p.device_rows)) return;
    const int32_t other = p.others[row];
    if (other != p.none) p.ids[row] = other;
}
