#pragma once
#include <stdint.h>

/* Rows of shared memory read as 8x8 matrices, lane by lane. */
struct ProbeLdmatrixParams {
    const void* image;              /* [512 rows, 16 bytes] becomes the shared memory */
    const int32_t* rows;            /* [warps, 32, 2] row numbers that each lane gives */
    uint32_t* output;               /* [warps, 32, 28] x4 (4), x4.trans (4), x2 (2), x2.trans (2), two x4 (8), two x4.trans (8) */
    int32_t warps;
};
