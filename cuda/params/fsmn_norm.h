#pragma once
#include <stdint.h>

/*
 * FSMN memory with the layer norm behind it: x[t] += input[t] + sum_j weight[j] * input[t + j - left], within the utterance;
 * norm[t] = (x[t] - mean) / sqrt(variance + epsilon) * gamma + beta.
 */
struct FsmnNormParams {
    const void* input;              /* [rows, ld_input] fp32 or fp16 by kernel name */
    const float* weight;            /* [kernel_size, channels] */
    float* x;                       /* [rows, channels], read and written */
    const float* gamma;             /* [channels] */
    const float* beta;              /* [channels] */
    void* norm;                     /* [rows, ld_norm] fp32 or fp16 by kernel name; columns channels..ld_norm are written as zero */
    const int32_t* offsets;         /* [batch + 1] on the device; rows past offsets[batch] are left alone */
    int32_t batch;
    int32_t channels;               /* at most 1024 */
    int32_t ld_input;
    int32_t ld_norm;
    int32_t kernel_size;            /* at most 32 */
    int32_t left;
    float epsilon;
};
