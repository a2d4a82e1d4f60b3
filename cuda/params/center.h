#pragma once
#include <stdint.h>

/* Takes the mean over each utterance off every column, in place. */
struct CenterParams {
    float* values;                  /* [offsets[batch], ld] */
    const int32_t* offsets;         /* [batch + 1] */
    int32_t cols;
    int32_t ld;
};
