#pragma once
#include <stdint.h>

/* A product of every row with one vector, w . h, which is kept as it is, or becomes a weight of the timestamp head:
   relu(sigmoid(w . h + other + b) * smooth_factor - noise_threshold). */
struct UpsampledAlphaParams {
    const void* hidden;             /* [rows, ld_hidden] fp32 or fp16 by kernel name */
    const float* weight;            /* [cols] */
    const float* bias;              /* [1], or null: the products are kept */
    float* alphas;                  /* [rows]; where there is a bias it holds the product of the other direction */
    const int32_t* device_rows;     /* the true number of frames; there are `repeat` rows for each */
    int32_t repeat;
    int32_t rows;                   /* as many as there is room for */
    int32_t cols;
    int32_t ld_hidden;
    float smooth_factor;
    float noise_threshold;
};
