#pragma once
#include <stdint.h>

/* Joins the partial results of gemm_argmax. */
struct ArgmaxReduceParams {
    const float* partial_values;    /* [tiles, rows] */
    const int32_t* partial_ids;     /* [tiles, rows] */
    int32_t* ids;                   /* [rows] */
    float* values;                  /* [rows] largest logit */
    const int32_t* device_rows;     /* null, or the true row count */
    int32_t rows;
    int32_t tiles;
};
