#pragma once
#include <stdint.h>

/* FSMN memory: output[t] = residual[t] + input[t] + sum_j weight[j] * input[t + j - left], within the utterance. */
struct FsmnParams {
    const void* input;              /* [rows, ld_input] fp32 or fp16 by kernel name */
    const float* weight;            /* [kernel_size, channels] */
    const float* residual;          /* [rows, channels] or null; may be `output` itself */
    float* output;                  /* [rows, channels] */
    const int32_t* offsets;         /* [batch + 1] on the device; rows past offsets[batch] are left alone */
    int32_t batch;
    int32_t channels;
    int32_t ld_input;
    int32_t kernel_size;            /* at most 32 */
    int32_t left;
};
