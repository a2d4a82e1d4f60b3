#pragma once
#include <stdint.h>

/* Log-mel filter bank of a ragged batch of 16 kHz waveforms (Kaldi's fbank, dither 0). */
struct FbankParams {
    const float* wave;              /* [sample_offsets[batch]] packed samples in [-1, 1] */
    const int64_t* sample_offsets;  /* [batch + 1] */
    const int32_t* fbank_offsets;   /* [batch + 1] rows of `fbank` */
    const float* window;            /* [400] */
    const float* twiddles;          /* [512] cos, sin of -2 pi k / 512 for k = 0..255, interleaved */
    const int32_t* mel_begin;       /* [bins + 1] where each bin's weights begin in mel_weights */
    const int32_t* mel_first;       /* [bins] first FFT bin with a weight */
    const float* mel_weights;       /* [mel_begin[bins]] */
    float* fbank;                   /* [fbank_offsets[batch], bins] */
    int32_t batch;
    int32_t rows;                   /* fbank_offsets[batch] */
    int32_t bins;                   /* at most 128 */
    float sample_rate;              /* used by clips shorter than one frame, whose filters differ */
    float scale;                    /* what samples are multiplied by: 32768 for the scale of 16-bit samples */
};
