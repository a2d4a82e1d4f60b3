#pragma once
#include <stdint.h>

/* CIF weights: relu(sigmoid(w . h + b) * smooth_factor - noise_threshold), and the tail weight behind each utterance. */
struct CifAlphaParams {
    const float* hidden;            /* [rows, cols] the convolution's output after ReLU */
    const float* weight;            /* [cols] */
    const float* bias;              /* [1] */
    float* alphas;                  /* [rows + batch]; utterance b's T + 1 weights begin at offsets[b] + b */
    const int32_t* offsets;         /* [batch + 1] */
    int32_t batch;
    int32_t rows;
    int32_t cols;
    int32_t ld_hidden;
    float smooth_factor;
    float noise_threshold;
    float tail_threshold;
};
