#pragma once
#include <stdint.h>

/* Row-wise layer norm with fp32 statistics, quantized with one scale for each row or with one for all; beside that in fp16 or fp32 where wanted. */
struct LayerNormS8Params {
    const void* input;              /* [rows, ld_input] fp32 or fp16 by kernel name */
    const float* gamma;             /* [cols] */
    const float* beta;              /* [cols] */
    int8_t* output_s8;              /* [rows, ld_s8]; columns cols..ld_s8 are written as zero */
    float* scales;                  /* [rows], written; null with static_scale */
    const float* static_scale;      /* the scale of everything, or null */
    void* output_f16;               /* [rows, ld_f16] or null; columns cols..ld_f16 are written as zero */
    float* output_f32;              /* [rows, ld_f32] or null; columns cols..ld_f32 are written as zero; may be the input */
    const int32_t* device_rows;     /* null, or the true row count (at most rows) */
    int32_t rows;
    int32_t cols;
    int32_t ld_input;
    int32_t ld_s8;                  /* a multiple of 128 */
    int32_t ld_f16;
    int32_t ld_f32;
    float epsilon;
};
