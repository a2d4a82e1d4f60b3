#pragma once
#include <stdint.h>

/* Products of a warpgroup, 64 x 128 x 64 of fp16 or 64 x 128 x 128 of int8 by kernel name, with the operands in every swizzle. */
struct ProbeWgmmaParams {
    const void* a;                  /* [blocks, 64] rows of 128 bytes */
    const void* b;                  /* [blocks, 128] rows of 128 bytes */
    void* d;                        /* [blocks, 4 swizzles, 128 threads, 64] fp32 or int32 */
};
