#pragma once
#include <stdint.h>

/* How much attention each key gets from all queries of an utterance: the columns' sums of softmax(scale Q K^T), by utterance and head.
   All utterances have the same keys. */
struct AttentionMassParams {
    const void* q;                  /* [q_offsets[batch], ld_q] fp32 or fp16 by kernel name, head h in columns h * head_size .. */
    const void* k;                  /* [keys, ld_k], same type */
    float* mass;                    /* [batch, heads, keys] */
    const int32_t* q_offsets;       /* [batch + 1] */
    int32_t heads;
    int32_t head_size;
    int32_t keys;
    int32_t ld_q;
    int32_t ld_k;
    float scale;                    /* head_size^-1/2 */
};
