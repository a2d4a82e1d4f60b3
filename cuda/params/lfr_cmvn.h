#pragma once
#include <stdint.h>

/* Low frame rate stacking (lfr_m frames every lfr_n) and mean/variance normalisation. */
struct LfrCmvnParams {
    const float* fbank;             /* [fbank_offsets[batch], bins] */
    const int32_t* fbank_offsets;   /* [batch + 1] */
    const int32_t* frame_offsets;   /* [batch + 1] rows of `features` */
    const float* shift;             /* [bins * lfr_m] */
    const float* scale;             /* [bins * lfr_m] */
    float* features;                /* [rows, ld_features], (x + shift) * scale; columns behind bins * lfr_m become zero */
    int32_t batch;
    int32_t rows;                   /* frame_offsets[batch] */
    int32_t bins;
    int32_t lfr_m;
    int32_t lfr_n;
    int32_t ld_features;            /* at least bins * lfr_m */
};
