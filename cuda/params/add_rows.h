#pragma once
#include <stdint.h>

/* The sum of two matrices as the factor of a product. */
struct AddRowsParams {
    const float* a;                 /* [rows, cols] */
    const float* b;                 /* [rows, cols] */
    void* output;                   /* [rows, ld_output] fp32 or fp16 by kernel name; columns cols..ld_output are written as zero */
    const int32_t* device_rows;     /* null, or the true row count */
    int32_t rows;
    int32_t cols;
    int32_t ld_output;
};
