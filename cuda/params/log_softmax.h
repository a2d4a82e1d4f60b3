#pragma once
#include <stdint.h>

/* Row-wise log-softmax, in place allowed. */
struct LogSoftmaxParams {
    const float* input;             /* [rows, ld] */
    float* output;                  /* [rows, ld] */
    const int32_t* device_rows;     /* null, or the true row count */
    int32_t rows;
    int32_t cols;
    int32_t ld;
};
