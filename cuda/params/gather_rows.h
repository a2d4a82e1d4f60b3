#pragma once
#include <stdint.h>

/* Rows of a matrix in another order: output[i] = input[index[i]]. */
struct GatherRowsParams {
    const void* input;              /* [?, ld_input] fp32 or fp16 by kernel name */
    const int32_t* index;           /* [rows] */
    void* output;                   /* [rows, ld_output], same type; columns cols..ld_output are written as zero */
    int32_t rows;
    int32_t cols;
    int32_t ld_input;
    int32_t ld_output;
};
