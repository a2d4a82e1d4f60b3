#pragma once
#include <stdint.h>

/*
 * Convolution over time and frequency of a ragged batch: rows are time, each holds `f_in` positions of `c_in` channels. Nothing lies
 * beyond an utterance's rows, nor beyond the first and the last frequency: zeros are read there. Taps are odd in number and centred.
 */
struct ConvParams {
    const float* input;              /* [.., ld_input], its first row is row `input_first` of the batch */
    const float* weight;             /* [taps_t * taps_f, c_in, c_out] */
    const float* bias;               /* [c_out] or null */
    const float* residual;           /* null, or as the output; added before the ReLU */
    const float* gate;               /* null, or [segment_offsets[batch], c_out]: multiplies what comes out in the end */
    float* output;                   /* [.., ld_output], its first row is row `output_first` of the batch */
    const int32_t* input_offsets;    /* [batch + 1] */
    const int32_t* output_offsets;   /* [batch + 1], ceil(rows / stride_t) of each utterance's input rows */
    const int32_t* segment_offsets;  /* [batch + 1], with a gate: segments of `segment_rows` output rows */
    int32_t batch;
    int32_t first;                   /* the first output row that is computed */
    int32_t rows;                    /* output rows that are computed, as far as there are any */
    int32_t input_first;
    int32_t output_first;
    int32_t ld_input;
    int32_t ld_output;
    int32_t f_in;
    int32_t f_out;
    int32_t c_in;                    /* 1, or a multiple of 4 */
    int32_t c_out;                   /* a multiple of 32 */
    int32_t taps_t;
    int32_t taps_f;
    int32_t stride_t;
    int32_t stride_f;
    int32_t dilation;                /* of time */
    int32_t segment_rows;
    int32_t relu;                    /* 0 or 1 */
};
