#pragma once
#include <stdint.h>

/* Reproducible random numbers: element i depends on seed and i alone. */
struct RandomFillParams {
    float* destination;             /* [count] */
    int64_t count;
    uint64_t seed;
    float mean;
    float scale;                    /* standard deviation */
};
