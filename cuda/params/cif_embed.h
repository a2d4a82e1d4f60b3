#pragma once
#include <stdint.h>

/* Acoustic embedding of each token: the encoder's output weighted between two fires, summed in frame order. */
struct CifEmbedParams {
    const float* hidden;            /* [frame_offsets[batch], ld_hidden] encoder output */
    const float* alphas;            /* see CifFireParams */
    const int32_t* fires;
    const float* remainders;
    const int32_t* frame_offsets;   /* [batch + 1] */
    const int32_t* token_offsets;   /* [batch + 1] on the device; the grid has room for as many or more */
    float* embeds;                  /* [token_offsets[batch], cols] */
    int32_t batch;
    int32_t cols;
    int32_t ld_hidden;
};
