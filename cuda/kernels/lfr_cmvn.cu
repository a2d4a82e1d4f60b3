#include "ptx/device.cuh"
#include "params/lfr_cmvn.h"
#include "ragged.cuh"
#include "warp.cuh"

// One warp a feature row: row t stacks the filter bank rows t * n - L .. t * n - L + m - 1 with L = (m - 1) / 2; rows before the
// first repeat the first, rows behind the last repeat the last. Padding of
// a feature row is zeroed, so that a matrix product may read it.
PARASOL_KERNEL(lfr_cmvn, LfrCmvnParams, 128) {
    const int row = warp_row();
    if (row >= rows_of(p.frame_offsets, p.batch, p.rows)) return;
    const int b = utterance_of(p.frame_offsets, p.batch, row);
    const int first = p.fbank_offsets[b];
    const int count = p.fbank_offsets[b + 1] - first;
    const int start = (row - p.frame_offsets[b]) * p.lfr_n - (p.lfr_m - 1) / 2;
    float* features = p.features + static_cast<int64_t>(row) * p.ld_features;
    for (int j = 0; j < p.lfr_m; j++) {
        const int source = min(max(start + j, 0), count - 1);
        const float* fbank = p.fbank + static_cast<int64_t>(first + source) * p.bins;
        for (int c = warp_lane(); c < p.bins; c += 32) {
            const int column = j * p.bins + c;
            features[column] = (fbank[c] + p.shift[column]) * p.scale[column];
        }
    }
    for (int column = p.bins * p.lfr_m + warp_lane(); column < p.ld_features; column += 32) features[column] = 0.0f;
}
