#pragma once
#include <stdint.h>

/* Element-wise conversion of a ragged activation between fp32 and fp16, zero-padding the columns. */
struct ConvertParams {
    const void* input;              /* [rows, ld_input] */
    void* output;                   /* [rows, ld_output]; columns cols..ld_output are written as zero */
    const int32_t* device_rows;     /* null, or the true row count */
    int32_t rows;
    int32_t cols;
    int32_t ld_input;
    int32_t ld_output;
};
