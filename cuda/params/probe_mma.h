#pragma once
#include <stdint.h>

/* Fragments of independent warps, lane by lane: d = a b + c. */
struct ProbeMmaParams {
    const void* a;                  /* [warps, 32, 4] 32-bit registers */
    const void* b;                  /* [warps, 32, 2] */
    const void* c;                  /* [warps, 32, 4] fp32 or int32 by kernel name */
    void* d;                        /* [warps, 32, 4] */
    int32_t warps;
};
