#pragma once
#include <stdint.h>

/* Converts, reorders and zero-pads one weight matrix: destination[n][j * inner + c] = source[n * stride_n + c * stride_inner + j * stride_outer]. */
struct PackWeightParams {
    const void* source;             /* fp32 or fp16 by kernel name */
    void* destination;              /* [rows, ld] fp32 or fp16 by kernel name; columns cols..ld are written as zero */
    int64_t stride_n;
    int64_t stride_inner;
    int64_t stride_outer;
    int32_t rows;
    int32_t cols;                   /* inner * outer */
    int32_t inner;
    int32_t ld;
};
