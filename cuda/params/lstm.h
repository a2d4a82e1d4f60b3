#pragma once
#include <stdint.h>

/* One direction of an LSTM layer over each sequence of a ragged batch. The gates' input products are there already. */
struct LstmParams {
    const void* gates;              /* [steps, ld_gates] W_ih x + b_ih, fp32 or fp16 by kernel name; gates i, f, g, o of `hidden` columns each */
    const void* weight;             /* W_hh transposed, [hidden, ld_weight], same type; rows begin at multiples of four elements */
    const float* bias;              /* b_hh, [4 * hidden] */
    void* output;                   /* [steps, ld_output], same type; may be `gates` itself with the same stride */
    const int32_t* offsets;         /* [batch + 1]; sequence b has the steps repeat * offsets[b] .. repeat * offsets[b + 1] */
    int32_t repeat;
    int32_t reverse;                /* 1: from a sequence's last step to its first */
    int32_t hidden;                 /* at most 512 */
    int32_t ld_gates;
    int32_t ld_weight;
    int32_t ld_output;
};
