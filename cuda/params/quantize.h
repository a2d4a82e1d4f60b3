#pragma once
#include <stdint.h>

/* fp16 activations to int8: with one scale for each row and 128 columns, or with one for all. */
struct QuantizeParams {
    const void* input;              /* [rows, ld_input] fp16 */
    int8_t* output;                 /* [rows, ld_output]; columns cols..ld_output are written as zero */
    float* scales;                  /* [rows, ld_output / 128], written; null with static_scale */
    const float* static_scale;      /* the scale of everything, or null */
    const int32_t* device_rows;     /* null, or the true row count (at most rows) */
    int32_t rows;
    int32_t cols;
    int32_t ld_input;
    int32_t ld_output;              /* a multiple of 128 */
};
