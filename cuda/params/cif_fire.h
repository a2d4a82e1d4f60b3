#pragma once
#include <stdint.h>

/* Integrate and fire over each utterance's T + 1 weights. */
struct CifFireParams {
    const float* alphas;            /* [frame_offsets[batch] + batch], see CifAlphaParams */
    float* peaks;                   /* [frame_offsets[batch] + batch] integral after each frame, before the threshold is taken off at a fire */
    int32_t* fires;                 /* [frame_offsets[batch]] frame (within the utterance) of the k-th token at frame_offsets[b] + k */
    float* remainders;              /* [frame_offsets[batch]] weight left at that frame for the next token */
    int32_t* token_counts;          /* [batch] */
    const int32_t* frame_offsets;   /* [batch + 1] */
    int32_t batch;
    int32_t sequential;             /* 0: fp64 prefix sum rounded to fp32 (CIF V2); 1: running fp32 sum (CIF V3) */
};
