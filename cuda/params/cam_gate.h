#pragma once
#include <stdint.h>

/*
 * CAM++'s context-aware mask, the same for all rows of a segment: sigmoid(W2 relu(W1 context + b1) + b2), the context being the mean of
 * the whole utterance plus the mean of the segment.
 */
struct CamGateParams {
    const float* sums;               /* [segment_offsets[batch], channels] sums over the rows of each segment */
    const float* weight1;            /* [channels, hidden] */
    const float* bias1;              /* [hidden] */
    const float* weight2;            /* [hidden, outputs] */
    const float* bias2;              /* [outputs] */
    float* gate;                     /* [segment_offsets[batch], outputs] */
    const int32_t* offsets;          /* [batch + 1] rows */
    const int32_t* segment_offsets;  /* [batch + 1] */
    int32_t batch;
    int32_t segments;                /* an upper bound */
    int32_t channels;                /* at most 512 */
    int32_t hidden;                  /* at most 256 */
    int32_t outputs;
    int32_t segment_rows;
};
