#pragma once
#include <stdint.h>

/* Weight rows to int8 with a scale each: destination[n][c] = rint(source[n][c] / scales[n]), scales[n] = max |source[n]| / 127. */
struct QuantizeWeightParams {
    const void* source;             /* [rows, cols] dense, fp32, fp16 or int8 by kernel name; int8 is copied */
    int8_t* destination;            /* [rows, ld]; columns cols..ld are written as zero */
    float* scales;                  /* [rows]; not used where the source is int8 */
    int32_t rows;
    int32_t cols;
    int32_t ld;                     /* a multiple of 128 */
    int32_t interleaved;            /* 1: each 16 columns as 0 1 8 9  2 3 10 11  4 5 12 13  6 7 14 15 */
};
