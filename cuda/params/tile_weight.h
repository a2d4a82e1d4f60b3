#pragma once
#include <stdint.h>

/* Like pack_weight, into the image that wgmma reads (kernels/weight_tiles.cuh): some rows of a matrix of n. */
struct TileWeightParams {
    const void* source;             /* fp32 or fp16 by kernel name */
    void* destination;              /* fp16 image of all [n, k]; columns cols..k are written as zero */
    int64_t stride_n;
    int64_t stride_inner;
    int64_t stride_outer;
    int32_t first_row;              /* of the matrix, which the source begins with */
    int32_t rows;
    int32_t n;
    int32_t cols;                   /* inner * outer */
    int32_t inner;
    int32_t k;                      /* a multiple of 64 */
};
