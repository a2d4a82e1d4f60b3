#pragma once
#include <stdint.h>

/* Row-wise layer norm with fp32 statistics. Either output may be null. */
struct LayerNormParams {
    const void* input;              /* [rows, ld_input] fp32 or fp16 by kernel name */
    const float* gamma;             /* [cols] */
    const float* beta;              /* [cols] */
    void* output_f16;               /* [rows, ld_f16]; columns cols..ld_f16 are written as zero */
    float* output_f32;              /* [rows, ld_f32]; columns cols..ld_f32 are written as zero */
    const int32_t* device_rows;     /* null, or the true row count (at most rows) */
    int32_t rows;
    int32_t cols;
    int32_t ld_input;
    int32_t ld_f16;
    int32_t ld_f32;
    float epsilon;
};
