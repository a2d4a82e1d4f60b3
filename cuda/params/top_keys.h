#pragma once
#include <stdint.h>

/* The keys of each utterance that get most attention, and the last key behind them. */
struct TopKeysParams {
    const float* mass;              /* [batch, heads, keys] */
    int32_t* index;                 /* [batch, count + 1] most attention first, of equals the first one; then keys - 1 */
    int32_t* offsets;               /* [batch + 1] where each utterance's begin */
    int32_t batch;
    int32_t heads;
    int32_t keys;                   /* more than `count` */
    int32_t count;
};
