#include "ptx/device.cuh"
#include "params/segment_sum.h"
#include "ragged.cuh"

// One block a segment, a thread adds up a column in the order of the rows.
PARASOL_KERNEL(segment_sum, SegmentSumParams, 128) {
    const int segment = static_cast<int>(blockIdx.x);
    if (segment >= rows_of(p.segment_offsets, p.batch, p.segments)) return;
    const int b = utterance_of(p.segment_offsets, p.batch, segment);
    const int first = p.offsets[b] + (segment - p.segment_offsets[b]) * p.segment_rows;
    const int end = min(first + p.segment_rows, p.offsets[b + 1]);
    for (int c = static_cast<int>(threadIdx.x); c < p.cols; c += 128) {
        float sum = 0.0f;
        for (int row = first; row < end; row++) sum += p.input[static_cast<int64_t>(row) * p.ld_input + c];
        p.sums[static_cast<int64_t>(segment) * p.cols + c] = sum;
    }
}
