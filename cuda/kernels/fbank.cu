#include "ptx/device.cuh"
#include "params/fbank.h"
#include "fft256.cuh"
#include "ragged.cuh"
#include "warp.cuh"

namespace {

constexpr int FRAME = 400;          // samples: 25 ms
constexpr int SHIFT = 160;          // samples: 10 ms
constexpr int BINS = 256;           // of the power spectrum, without the Nyquist frequency, where no filter has a weight
constexpr int PAIRS = 7;            // of samples a lane: 32 * 7 * 2 >= FRAME
constexpr float EMPHASIS = 0.97f;
constexpr float FLOOR = 1.1920929e-7f;

struct Scratch {
    float2 points[FFT_POINTS];      // the transform; a short clip's samples
    float power[BINS];
};

// Mean taken off, pre-emphasised, windowed. The first sample is its own predecessor.
__device__ __forceinline__ float emphasised(const float* wave, int i, float scale, float mean) {
    const float before = wave[max(i - 1, 0)] * scale - mean;
    return (wave[i] * scale - mean) - EMPHASIS * before;
}

__device__ __forceinline__ float mean_of(const float* wave, int samples, float scale) {
    float sum = 0.0f;
    for (int i = warp_lane(); i < samples; i += 32) sum += wave[i] * scale;
    return warp_sum(sum) / static_cast<float>(samples);
}

// The power spectrum of a full frame. The 512 real points are transformed as 256 complex ones, z[n] = y[2n] + i y[2n + 1], and
// separated: X[k] = (Z[k] + Z*[256 - k]) / 2 - i exp(-2 pi i k / 512) (Z[k] - Z*[256 - k]) / 2.
__device__ __forceinline__ void frame_power(const FbankParams& p, const float* wave, Scratch& scratch) {
    const int lane = warp_lane();
    const float mean = mean_of(wave, FRAME, p.scale);
    float2 z[8];
    z[PAIRS] = make_float2(0.0f, 0.0f);
#pragma unroll
    for (int k = 0; k < PAIRS; k++) {
        const int i = 2 * (lane + 32 * k);
        z[k] = make_float2(0.0f, 0.0f);
        if (i < FRAME) {
            z[k].x = emphasised(wave, i, p.scale, mean) * p.window[i];
            z[k].y = emphasised(wave, i + 1, p.scale, mean) * p.window[i + 1];
        }
    }
    fft256(z, p.twiddles, scratch.points, lane);
    for (int k = lane; k < BINS; k += 32) {
        const float2 a = scratch.points[k];
        const float2 b = scratch.points[(BINS - k) & (BINS - 1)];
        const float2 even = make_float2(0.5f * (a.x + b.x), 0.5f * (a.y - b.y));
        const float2 odd = make_float2(0.5f * (a.x - b.x), 0.5f * (a.y + b.y));
        const float2 value = complex_add(even, times_minus_i(complex_multiply(odd, twiddle512(p.twiddles, k))));
        scratch.power[k] = value.x * value.x + value.y * value.y;
    }
    __syncwarp();
}

__device__ __forceinline__ void write_frame(const FbankParams& p, const Scratch& scratch, float* fbank) {
    for (int bin = warp_lane(); bin < p.bins; bin += 32) {
        const int begin = p.mel_begin[bin];
        const int count = p.mel_begin[bin + 1] - begin;
        const float* power = scratch.power + p.mel_first[bin];
        float energy = 0.0f;
        for (int j = 0; j < count; j++) energy += power[j] * p.mel_weights[begin + j];
        fbank[bin] = logf(fmaxf(energy, FLOOR));
    }
}

__device__ __forceinline__ float mel(float frequency) { return 1127.0f * logf(1.0f + frequency / 700.0f); }

// A clip shorter than a frame is one frame of its own length: its own window, the next power of two as the transform's size,
// filters that fit it. Rare, so plainly computed. A single sample has no spectrum once its mean is off: all bins at the floor.
__device__ __forceinline__ void write_short_clip(const FbankParams& p, const float* wave, int samples, Scratch& scratch, float* fbank) {
    const int lane = warp_lane();
    const int size = samples < 2 ? 2 : 1 << (32 - __clz(samples - 1));
    float* frame = reinterpret_cast<float*>(scratch.points);
    const float mean = mean_of(wave, samples, p.scale);
    for (int i = lane; i < samples; i += 32) {
        float sine;
        float cosine;
        sincospif(2.0f * static_cast<float>(i) / static_cast<float>(max(samples - 1, 1)), &sine, &cosine);
        frame[i] = emphasised(wave, i, p.scale, mean) * (0.54f - 0.46f * cosine);
    }
    __syncwarp();
    for (int k = lane; k < size / 2; k += 32) {
        float2 value = make_float2(0.0f, 0.0f);
        for (int i = 0; i < samples; i++) {
            const float2 turn = twiddle512(p.twiddles, ((k * i) & (size - 1)) * (512 / size));
            value.x += frame[i] * turn.x;
            value.y += frame[i] * turn.y;
        }
        scratch.power[k] = value.x * value.x + value.y * value.y;
    }
    __syncwarp();
    const float lowest = mel(20.0f);
    const float step = (mel(0.5f * p.sample_rate) - lowest) / static_cast<float>(p.bins + 1);
    for (int bin = lane; bin < p.bins; bin += 32) {
        const float left = lowest + static_cast<float>(bin) * step;
        float energy = 0.0f;
        for (int k = 0; k < size / 2; k++) {
            const float up = (mel(static_cast<float>(k) * (p.sample_rate / static_cast<float>(size))) - left) / step;
            energy += fmaxf(fminf(up, 2.0f - up), 0.0f) * scratch.power[k];
        }
        fbank[bin] = logf(fmaxf(energy, FLOOR));
    }
}

}

// One warp a frame.
PARASOL_KERNEL(fbank, FbankParams, 128) {
    __shared__ Scratch scratch[WARPS];
    const int row = warp_row();
    if (row >= rows_of(p.fbank_offsets, p.batch, p.rows)) return;
    const int b = utterance_of(p.fbank_offsets, p.batch, row);
    const int64_t begin = p.sample_offsets[b];
    const int64_t samples = p.sample_offsets[b + 1] - begin;
    const int64_t frame = row - p.fbank_offsets[b];
    const float* wave = p.wave + begin + frame * SHIFT;
    Scratch& own = scratch[threadIdx.x >> 5];
    float* fbank = p.fbank + static_cast<int64_t>(row) * p.bins;
    if (samples >= FRAME) {
        frame_power(p, wave, own);
        write_frame(p, own, fbank);
    } else {
        write_short_clip(p, wave, static_cast<int>(samples), own, fbank);
    }
}
