#pragma once
#include <stdint.h>

/* How the columns of a quantized weight lie. */
enum QuantizedOrder {
    QUANTIZED_ROWS = 0,             /* row by row */
    QUANTIZED_INTERLEAVED = 1,      /* row by row, each 16 columns as 0 1 8 9  2 3 10 11  4 5 12 13  6 7 14 15 */
    QUANTIZED_TILED = 2             /* the image that wgmma reads (kernels/weight_tiles.cuh) */
};

/* Weight rows to int8 with a scale each: destination[n][c] = rint(source[n][c] / scales[n]), scales[n] = max |source[n]| / 127. */
struct QuantizeWeightParams {
    const void* source;             /* [rows, cols] dense, fp32, fp16 or int8 by kernel name; int8 is copied */
    int8_t* destination;            /* [rows, ld], tiled the image of all [n, ld]; columns cols..ld are written as zero */
    float* scales;                  /* [rows]; not used where the source is int8 */
    int32_t rows;
    int32_t cols;
    int32_t ld;                     /* a multiple of 128 */
    int32_t order;                  /* a QuantizedOrder */
    int32_t first_row;              /* tiled: of the matrix, which the source begins with */
    int32_t n;                      /* tiled: rows of the matrix */
};
