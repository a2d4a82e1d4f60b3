#include "ptx/device.cuh"
#include "ptx/fma.cuh"
#include "params/conv.h"
#include "ragged.cuh"

namespace {

constexpr int TILE = 128;           // positions (row and frequency) of a block
constexpr int OWN = 4;              // neighbouring positions of a thread
constexpr int CHANNELS = 32;        // output channels of a block; a thread has twice four of them, 16 apart
constexpr int DEPTH = 64;           // input channels whose weights are in shared memory at a time

// Where a thread's positions lie. A position beyond the end has no rows to read.
struct Place {
    int row[OWN];                   // centre of the taps among the input's rows, counted over the batch
    int first[OWN];                 // the utterance's first input row
    int end[OWN];
    int frequency[OWN];             // centre of the taps
};

__device__ __forceinline__ void find(const ConvParams& p, int64_t position, int rows, Place& place) {
    int b = 0;
    int64_t known = -1;
#pragma unroll
    for (int j = 0; j < OWN; j++) {
        const int64_t row = (position + j) / p.f_out;
        place.first[j] = place.end[j] = place.row[j] = place.frequency[j] = 0;
        if (row >= rows) continue;
        const int at = p.first + static_cast<int>(row);
        if (row != known) b = utterance_of(p.output_offsets, p.batch, at);
        known = row;
        place.first[j] = p.input_offsets[b];
        place.end[j] = p.input_offsets[b + 1];
        place.row[j] = place.first[j] + (at - p.output_offsets[b]) * p.stride_t;
        place.frequency[j] = static_cast<int>((position + j) % p.f_out) * p.stride_f;
    }
}

// What a tap reads at each position: null where that lies outside.
__device__ __forceinline__ void sources(const ConvParams& p, const Place& place, int tap, const float* (&source)[OWN]) {
    const int time = (tap / p.taps_f - p.taps_t / 2) * p.dilation;
    const int step = tap % p.taps_f - p.taps_f / 2;
#pragma unroll
    for (int j = 0; j < OWN; j++) {
        const int row = place.row[j] + time;
        const int f = place.frequency[j] + step;
        const bool inside = row >= place.first[j] && row < place.end[j] && f >= 0 && f < p.f_in;
        source[j] = inside ? p.input + static_cast<int64_t>(row - p.input_first) * p.ld_input + f * p.c_in : nullptr;
    }
}

__device__ __forceinline__ void step(float4 (&sum)[OWN][2], float x0, float x1, float x2, float x3, const float* weight) {
    const float4 low = *reinterpret_cast<const float4*>(weight);
    const float4 high = *reinterpret_cast<const float4*>(weight + CHANNELS / 2);
    ptx::fma4(sum[0][0], x0, low);
    ptx::fma4(sum[0][1], x0, high);
    ptx::fma4(sum[1][0], x1, low);
    ptx::fma4(sum[1][1], x1, high);
    ptx::fma4(sum[2][0], x2, low);
    ptx::fma4(sum[2][1], x2, high);
    ptx::fma4(sum[3][0], x3, low);
    ptx::fma4(sum[3][1], x3, high);
}

__device__ __forceinline__ float4 four(const float* source, int channel) {
    return source == nullptr ? make_float4(0.0f, 0.0f, 0.0f, 0.0f) : *reinterpret_cast<const float4*>(source + channel);
}

__device__ __forceinline__ float4 finished(const ConvParams& p, float4 sum, const float* residual, const float* gate, int channel) {
    if (p.bias != nullptr) {
        const float4 bias = *reinterpret_cast<const float4*>(p.bias + channel);
        sum = make_float4(sum.x + bias.x, sum.y + bias.y, sum.z + bias.z, sum.w + bias.w);
    }
    if (residual != nullptr) {
        const float4 add = *reinterpret_cast<const float4*>(residual);
        sum = make_float4(sum.x + add.x, sum.y + add.y, sum.z + add.z, sum.w + add.w);
    }
    if (p.relu) sum = make_float4(fmaxf(sum.x, 0.0f), fmaxf(sum.y, 0.0f), fmaxf(sum.z, 0.0f), fmaxf(sum.w, 0.0f));
    if (gate != nullptr) {
        const float4 factor = *reinterpret_cast<const float4*>(gate);
        sum = make_float4(sum.x * factor.x, sum.y * factor.y, sum.z * factor.z, sum.w * factor.w);
    }
    return sum;
}

}

/*
 * Grid: x = ceil(rows * f_out / 128), y = c_out / 32. 128 threads: 32 groups of four positions by four groups of eight channels. An
 * element is one chain of fmaf over taps, then channels; what lies outside adds zeros.
 */
PARASOL_KERNEL(conv, ConvParams, 128) {
    __shared__ __align__(16) float weights[DEPTH * CHANNELS];
    const int rows = min(p.rows, p.output_offsets[p.batch] - p.first);
    const int64_t tile = static_cast<int64_t>(blockIdx.x) * TILE;
    if (tile >= static_cast<int64_t>(rows) * p.f_out) return;
    const int64_t position = tile + (threadIdx.x >> 2) * OWN;
    const int channel = static_cast<int>(blockIdx.y) * CHANNELS;
    const int own = (static_cast<int>(threadIdx.x) & 3) * 4;
    Place place;
    find(p, position, rows, place);
    float4 sum[OWN][2];
#pragma unroll
    for (int j = 0; j < OWN; j++) sum[j][0] = sum[j][1] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);

    for (int tap = 0; tap < p.taps_t * p.taps_f; tap++) {
        const float* source[OWN];
        sources(p, place, tap, source);
        for (int from = 0; from < p.c_in; from += DEPTH) {
            const int depth = min(DEPTH, p.c_in - from);
            const float* weight = p.weight + (static_cast<int64_t>(tap) * p.c_in + from) * p.c_out + channel;
            for (int i = static_cast<int>(threadIdx.x) * 4; i < depth * CHANNELS; i += 128 * 4) {
                *reinterpret_cast<float4*>(weights + i) = *reinterpret_cast<const float4*>(weight + static_cast<int64_t>(i / CHANNELS) * p.c_out + i % CHANNELS);
            }
            __syncthreads();
            if (p.c_in == 1) {
                step(sum, source[0] ? *source[0] : 0.0f, source[1] ? *source[1] : 0.0f, source[2] ? *source[2] : 0.0f, source[3] ? *source[3] : 0.0f, weights + own);
            } else {
                for (int k = 0; k < depth; k += 4) {
                    const float4 x0 = four(source[0], from + k), x1 = four(source[1], from + k), x2 = four(source[2], from + k), x3 = four(source[3], from + k);
                    const float* slice = weights + k * CHANNELS + own;
                    step(sum, x0.x, x1.x, x2.x, x3.x, slice);
                    step(sum, x0.y, x1.y, x2.y, x3.y, slice + CHANNELS);
                    step(sum, x0.z, x1.z, x2.z, x3.z, slice + 2 * CHANNELS);
                    step(sum, x0.w, x1.w, x2.w, x3.w, slice + 3 * CHANNELS);
                }
            }
            __syncthreads();
        }
    }

#pragma unroll
    for (int j = 0; j < OWN; j++) {
        const int64_t row = (position + j) / p.f_out;
        if (row >= rows) continue;
        const int at = p.first + static_cast<int>(row);
        const int64_t to = static_cast<int64_t>(at - p.output_first) * p.ld_output + (position + j) % p.f_out * p.c_out + channel;
        const float* gate = nullptr;
        if (p.gate != nullptr) {
            const int b = utterance_of(p.output_offsets, p.batch, at);
            gate = p.gate + static_cast<int64_t>(p.segment_offsets[b] + (at - p.output_offsets[b]) / p.segment_rows) * p.c_out + channel;
        }
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int c = half * (CHANNELS / 2) + own;
            *reinterpret_cast<float4*>(p.output + to + c) =
                    finished(p, sum[j][half], p.residual == nullptr ? nullptr : p.residual + to + c, gate == nullptr ? nullptr : gate + c, channel + c);
        }
    }
}
