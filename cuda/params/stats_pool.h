#pragma once
#include <stdint.h>

/* Mean and standard deviation (that of a sample: divided by rows - 1) over each utterance of relu(x * scale + shift), by columns. */
struct StatsPoolParams {
    const float* input;             /* [offsets[batch], ld_input] */
    const float* scale;             /* [cols] */
    const float* shift;             /* [cols] */
    float* output;                  /* [batch, ld_output]: cols means, then cols deviations; zeros of an utterance without rows */
    const int32_t* offsets;         /* [batch + 1] */
    int32_t cols;
    int32_t ld_input;
    int32_t ld_output;
};
