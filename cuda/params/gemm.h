#pragma once
#include <stdint.h>

/* C = act(A W^T + bias) + residual, A [m, k] row major, W [n, k] row major (K-major), both zero-padded to a multiple of 64 columns. */
struct GemmParams {
    const void* a;                  /* [m, lda] */
    const void* w;                  /* [n, ldw] */
    const float* bias;              /* [n] or null */
    const float* residual;          /* [m, ld_residual] fp32 or null; may be `c` itself */
    void* c;                        /* [m, ldc]; columns n..ldc are left alone */
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
