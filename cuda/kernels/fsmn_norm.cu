#include "ptx/device.cuh"
#include "params/fsmn_norm.h"
#include "fsmn.cuh"
#include "warp.cuh"

namespace {

constexpr int MAX_THREADS = 256;

// The squared deviations of the channels that exist.
__device__ __forceinline__ float squares4(float4 v, float mean, int channel, int channels) {
    const float x = channel < channels ? v.x - mean : 0.0f;
    const float y = channel + 1 < channels ? v.y - mean : 0.0f;
    const float z = channel + 2 < channels ? v.z - mean : 0.0f;
    const float w = channel + 3 < channels ? v.w - mean : 0.0f;
    return (x * x + y * y) + (z * z + w * w);
}

// Every thread's shares of the rows' sums, and the sums.
struct Reduction {
    float shares[FSMN_ROWS][MAX_THREADS];
    float sums[FSMN_ROWS];
};

// Sums up the shares, a warp for each row, in an order that depends on the number of threads alone. Everyone takes part.
__device__ __forceinline__ void join_shares(Reduction& reduction) {
    __syncthreads();
    const int lane = warp_lane(), warps = static_cast<int>(blockDim.x) / 32;
    for (int r = static_cast<int>(threadIdx.x) / 32; r < FSMN_ROWS; r += warps) {
        float sum = 0.0f;
        for (int i = lane; i < static_cast<int>(blockDim.x); i += 32) sum += reduction.shares[r][i];
        sum = warp_sum(sum);
        if (lane == 0) reduction.sums[r] = sum;
    }
    __syncthreads();
}

// The rows stay in registers between the memory, the sums and the norm: x is read once and written once.
template <typename T, typename Out>
__device__ __forceinline__ void fsmn_norm(const FsmnNormParams& p) {
    __shared__ Reduction reduction;
    RowTile tile;
    if (!row_tile_of<FSMN_ROWS>(p.offsets, p.batch, static_cast<int>(blockIdx.x), tile)) return;
    const int thread = static_cast<int>(threadIdx.x), channel = thread * 4;
    const bool x_vectors = vectors_allowed<float>(p.x, p.channels);
    float4 rows[FSMN_ROWS];
    if (channel < p.channels) {
        fsmn_sums<T>(rows, p, tile, channel, vectors_allowed<T>(p.input, p.ld_input), vectors_allowed<float>(p.weight, p.channels));
    }
#pragma unroll
    for (int r = 0; r < FSMN_ROWS; r++) {
        if (channel < p.channels && tile.begin + r < tile.end) {
            float* x = p.x + static_cast<int64_t>(tile.begin + r) * p.channels;
            add4(rows[r], load4(x, channel, p.channels, x_vectors));
            store4(x, channel, p.channels, rows[r], x_vectors);
        } else {
            rows[r] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        }
        reduction.shares[r][thread] = (rows[r].x + rows[r].y) + (rows[r].z + rows[r].w);
    }
    join_shares(reduction);
    float mean[FSMN_ROWS];
#pragma unroll
    for (int r = 0; r < FSMN_ROWS; r++) {
        mean[r] = reduction.sums[r] / static_cast<float>(p.channels);
        reduction.shares[r][thread] = squares4(rows[r], mean[r], channel, p.channels);
    }
    join_shares(reduction);

    const bool affine_vectors = vectors_allowed<float>(p.gamma, 0) && vectors_allowed<float>(p.beta, 0);
    const bool norm_vectors = vectors_allowed<Out>(p.norm, p.ld_norm);
    for (int c = channel; c < p.ld_norm; c += static_cast<int>(blockDim.x) * 4) {
        // Zero behind the last channel, so the padding is zero.
        const float4 g = load4(p.gamma, c, p.channels, affine_vectors), b = load4(p.beta, c, p.channels, affine_vectors);
#pragma unroll
        for (int r = 0; r < FSMN_ROWS; r++) {
            if (tile.begin + r >= tile.end) break;
            const float inverse = 1.0f / sqrtf(reduction.sums[r] / static_cast<float>(p.channels) + p.epsilon);
            float4 y = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
            if (c == channel) {
                y.x = (rows[r].x - mean[r]) * inverse * g.x + b.x;
                y.y = (rows[r].y - mean[r]) * inverse * g.y + b.y;
                y.z = (rows[r].z - mean[r]) * inverse * g.z + b.z;
                y.w = (rows[r].w - mean[r]) * inverse * g.w + b.w;
            }
            store4(static_cast<Out*>(p.norm) + static_cast<int64_t>(tile.begin + r) * p.ld_norm, c, p.ld_norm, y, norm_vectors);
        }
    }
}

}

// One block for each slot of eight rows (see ragged.cuh); as many threads as there are four channels, in whole warps.
PARASOL_KERNEL(fsmn_norm_f32_f32, FsmnNormParams, MAX_THREADS) { fsmn_norm<float, float>(p); }
PARASOL_KERNEL(fsmn_norm_f32_f16, FsmnNormParams, MAX_THREADS) { fsmn_norm<float, __half>(p); }
PARASOL_KERNEL(fsmn_norm_f16_f16, FsmnNormParams, MAX_THREADS) { fsmn_norm<__half, __half>(p); }
