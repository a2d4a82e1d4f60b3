#pragma once
#include <stdint.h>

/* Softmax by rows, of which voice activity detection needs one column: the posterior of silence. */
struct SilencePosteriorParams {
    const float* logits;            /* [rows, ld] */
    float* posterior;               /* [rows], softmax(logits)[silence] */
    float* scores;                  /* [rows, cols] dense, the whole softmax; or null */
    int32_t rows;
    int32_t cols;
    int32_t ld;
    int32_t silence;                /* below cols */
};
