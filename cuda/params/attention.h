#pragma once
#include <stdint.h>

/* Multi-head attention over a ragged batch; query rows of utterance b see key rows of utterance b only. */
struct AttentionParams {
    const void* q;                  /* [q_offsets[batch], ld_q], head h in columns h * head_size ..; 32, 64, 80 or 128, by kernel name */
    const void* k;                  /* [k_offsets[batch], ld_k] */
    const void* v;                  /* [k_offsets[batch], ld_v] */
    void* output;                   /* [q_offsets[batch], ld_output]; columns heads * head_size .. ld_output are written as zero */
    const int32_t* q_offsets;       /* [batch + 1] on the device; true counts, possibly fewer rows than the grid has room for */
    const int32_t* k_offsets;       /* [batch + 1] */
    int32_t batch;
    int32_t heads;
    int32_t ld_q;
    int32_t ld_k;
    int32_t ld_v;
    int32_t ld_output;
    float scale;                    /* head_size^-1/2 */
};
