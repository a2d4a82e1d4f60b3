#pragma once
#include <stdint.h>

/* output = input * scale + sinusoidal position encoding, positions 1..T within each utterance. */
struct PositionEncodeParams {
    const float* input;             /* [rows, cols] */
    float* output;                  /* [rows, cols] */
    const int32_t* offsets;         /* [batch + 1] */
    int32_t batch;
    int32_t rows;
    int32_t cols;                   /* even */
    float scale;                    /* sqrt(output size of the encoder) */
};
