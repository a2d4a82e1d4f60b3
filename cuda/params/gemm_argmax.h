#pragma once
#include <stdint.h>

/* The output layer with its argmax: logits never leave the chip. One partial result per row and tile of 64 output columns. */
struct GemmArgmaxParams {
    const void* a;                  /* [m, lda] */
    const void* w;                  /* [n, ldw] */
    const float* bias;              /* [n] */
    float* partial_values;          /* [ceil(n / 64), m] largest logit of the tile */
    int32_t* partial_ids;           /* [ceil(n / 64), m] its column, the lowest on a tie */
    const int32_t* device_rows;     /* null, or the true m (at most m) */
    int32_t m;
    int32_t n;
    int32_t k;                      /* padded, a multiple of 64 */
    int32_t lda;
    int32_t ldw;
};
