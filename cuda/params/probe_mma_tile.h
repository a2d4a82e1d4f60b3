#pragma once
#include <stdint.h>

/* Fragments of tiles of 2 x 2 products a warp, lane by lane: d = a b + c. */
struct ProbeMmaTileParams {
    const void* a;                  /* [warps, 32, 2, 4] 32-bit registers */
    const void* b;                  /* [warps, 32, 2, 2] */
    const void* c;                  /* [warps, 32, 2, 2, 4] fp32 or int32 by kernel name */
    void* d;                        /* [warps, 32, 2, 2, 4] */
    int32_t warps;
};
