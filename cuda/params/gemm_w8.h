#pragma once
#include <stdint.h>

/* C = act((A W^T) w_scales + bias) + residual in fp16 with fp32 sums; A [m, k] fp16 row major, zero-padded to a multiple of 64 columns, W int8. */
struct GemmW8Params {
    const void* a;                  /* [m, lda] fp16 */
    const int8_t* w;                /* [n, ldw], columns interleaved as in quantize_weight.h */
    const float* w_scales;          /* [n] */
    const float* bias;              /* [n] or null */
    const float* residual;          /* [m, ld_residual] fp32 or null; may be `c` itself */
    void* c;                        /* [m, ldc] fp16 or fp32 by kernel name; columns n..ldc are left alone */
    const int32_t* device_rows;     /* null, or the true m (at most m) */
    int32_t m;
    int32_t n;
    int32_t k;                      /* padded, a multiple of 64 */
    int32_t lda;
    int32_t ldw;
    int32_t ldc;
    int32_t ld_residual;
    int32_t relu;                   /* 0 or 1, applied before the residual */
};
