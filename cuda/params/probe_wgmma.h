#pragma once
#include <stdint.h>

/* Products of a warpgroup, 64 x 128 x 64, with the operands in every swizzle. */
struct ProbeWgmmaParams {
    const void* a;                  /* [blocks, 64, 64] halves */
    const void* b;                  /* [blocks, 128, 64] halves */
    float* d;                       /* [blocks, 4 swizzles, 128 threads, 64] */
};
