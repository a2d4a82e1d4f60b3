#pragma once
#include <stdint.h>

/* Sums by columns over segments of `segment_rows` rows, counted from the beginning of each utterance; the last one may be shorter. */
struct SegmentSumParams {
    const float* input;              /* [offsets[batch], ld_input] */
    float* sums;                     /* [segment_offsets[batch], cols] */
    const int32_t* offsets;          /* [batch + 1] */
    const int32_t* segment_offsets;  /* [batch + 1], ceil(rows / segment_rows) segments each */
    int32_t batch;
    int32_t segments;                /* an upper bound */
    int32_t cols;
    int32_t ld_input;
    int32_t segment_rows;
};
