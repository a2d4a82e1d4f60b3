#pragma once
#include <stdint.h>

/* Rows [h(t - left) | ... | h(t + width - 1 - left)] for a convolution over time as a GEMM; zeros outside the utterance. */
struct UnfoldParams {
    const void* input;              /* [rows, ld_input] fp32 or fp16 by kernel name */
    void* output;                   /* [rows, ld_output], same type; columns width * cols .. ld_output are written as zero */
    const int32_t* offsets;         /* [batch + 1] */
    int32_t batch;
    int32_t rows;
    int32_t cols;
    int32_t ld_input;
    int32_t ld_output;
    int32_t width;                  /* l_order + r_order + 1 */
    int32_t left;                   /* l_order */
};
