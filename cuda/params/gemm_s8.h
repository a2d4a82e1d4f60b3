#pragma once
#include <stdint.h>

/*
 * C = act(scaled(A W^T) + bias) + residual in whole numbers, A [m, k] and W [n, k] int8, row major, zero-padded to a multiple of 128 columns.
 * scaled() multiplies by the scale of the weights' row and that of A: one for all, one for each row, or (kernels named _blocks) one for each
 * row and 128 columns, which the partial sums of those columns are multiplied by.
 */
struct GemmS8Params {
    const int8_t* a;                /* [m, lda] */
    const int8_t* w;                /* [n, ldw] */
    const float* a_scales;          /* [m, a_scale_stride]: the scale of row r begins at r * a_scale_stride */
    const float* w_scales;          /* [n] */
    const float* bias;              /* [n] or null */
    const float* residual;          /* [m, ld_residual] fp32 or null; may be `c` itself */
    void* c;                        /* [m, ldc] fp16, fp32 or int8 by kernel name; columns n..ldc are left alone, in int8 written as zero */
    float* c_scales;                /* int8: [m, ldc / 128], written; null with c_static_scale */
    const float* c_static_scale;    /* int8: the scale of all of C, or null */
    const int32_t* device_rows;     /* null, or the true m (at most m) */
    int32_t m;
    int32_t n;
    int32_t k;                      /* padded, a multiple of 128 */
    int32_t lda;
    int32_t ldw;
    int32_t ldc;                    /* int8: a multiple of 128 */
    int32_t ld_residual;
    int32_t a_scale_stride;         /* 0: one for all, 1: one a row; _blocks: k / 128 or more */
    int32_t relu;                   /* 0 or 1, applied before the residual */
};
