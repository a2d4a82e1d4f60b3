#pragma once
#include <stdint.h>

/* Exclusive prefix sum of the token counts. */
struct TokenOffsetsParams {
    const int32_t* token_counts;    /* [batch] */
    int32_t* token_offsets;         /* [batch + 1] */
    int32_t batch;
};
