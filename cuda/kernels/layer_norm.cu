#include "ptx/device.cuh"
#include "params/layer_norm.h"
#include "vector4.cuh"
#include "warp.cuh"

namespace {

// A lane's share of a row: four columns in every 128. The first HELD of them stay in registers between the passes (640
// columns, enough for every width of the residual stream in use); what is behind is read again, from L1.
constexpr int HELD = 5;

__device__ __forceinline__ float sum4(float4 v) { return (v.x + v.y) + (v.z + v.w); }

// Squared deviations of the columns that exist.
__device__ __forceinline__ float squares4(float4 v, float mean, int column, int cols) {
    const float x = column < cols ? v.x - mean : 0.0f;
    const float y = column + 1 < cols ? v.y - mean : 0.0f;
    const float z = column + 2 < cols ? v.z - mean : 0.0f;
    const float w = column + 3 < cols ? v.w - mean : 0.0f;
    return (x * x + y * y) + (z * z + w * w);
}

struct Outputs {
    __half* f16;
    float* f32;
    bool f16_vectors;
    bool f32_vectors;
    bool affine_vectors;
};

__device__ __forceinline__ void write4(const LayerNormParams& p, const Outputs& out, float4 v, float mean, float inverse, int column) {
    const float4 g = load4(p.gamma, column, p.cols, out.affine_vectors);    // zero behind the last column, so the padding is zero
    const float4 b = load4(p.beta, column, p.cols, out.affine_vectors);
    float4 y;
    y.x = (v.x - mean) * inverse * g.x + b.x;
    y.y = (v.y - mean) * inverse * g.y + b.y;
    y.z = (v.z - mean) * inverse * g.z + b.z;
    y.w = (v.w - mean) * inverse * g.w + b.w;
    if (out.f16 != nullptr) store4(out.f16, column, p.ld_f16, y, out.f16_vectors);
    if (out.f32 != nullptr) store4(out.f32, column, p.ld_f32, y, out.f32_vectors);
}

template <typename T>
__device__ __forceinline__ void layer_norm(const LayerNormParams& p) {
    const int row = warp_row();
    if (row >= true_rows(p.rows, p.device_rows)) return;
    const int first = warp_lane() * 4;
    const T* input = static_cast<const T*>(p.input) + static_cast<int64_t>(row) * p.ld_input;
    const bool vectors = vectors_allowed<T>(p.input, p.ld_input);

    float4 held[HELD];
    float sum = 0.0f;
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        held[i] = load4(input, first + i * 128, p.cols, vectors);
        sum += sum4(held[i]);
    }
    for (int c = first + HELD * 128; c < p.cols; c += 128) sum += sum4(load4(input, c, p.cols, vectors));
    const float mean = warp_sum(sum) / static_cast<float>(p.cols);

    float squares = 0.0f;
#pragma unroll
    for (int i = 0; i < HELD; i++) squares += squares4(held[i], mean, first + i * 128, p.cols);
    for (int c = first + HELD * 128; c < p.cols; c += 128) squares += squares4(load4(input, c, p.cols, vectors), mean, c, p.cols);
    const float inverse = 1.0f / sqrtf(warp_sum(squares) / static_cast<float>(p.cols) + p.epsilon);

    Outputs out;
    out.f16 = p.output_f16 == nullptr ? nullptr : static_cast<__half*>(p.output_f16) + static_cast<int64_t>(row) * p.ld_f16;
    out.f32 = p.output_f32 == nullptr ? nullptr : p.output_f32 + static_cast<int64_t>(row) * p.ld_f32;
    out.f16_vectors = vectors_allowed<__half>(p.output_f16, p.ld_f16);
    out.f32_vectors = vectors_allowed<float>(p.output_f32, p.ld_f32);
    out.affine_vectors = vectors_allowed<float>(p.gamma, 0) && vectors_allowed<float>(p.beta, 0);
    const int width = max(out.f16 == nullptr ? 0 : p.ld_f16, out.f32 == nullptr ? 0 : p.ld_f32);
#pragma unroll
    for (int i = 0; i < HELD; i++) {
        if (first + i * 128 < width) write4(p, out, held[i], mean, inverse, first + i * 128);
    }
    for (int c = first + HELD * 128; c < width; c += 128) {
        write4(p, out, load4(input, c, p.cols, vectors), mean, inverse, c);
    }
}

}

// One warp a row.
PARASOL_KERNEL(layer_norm_f32, LayerNormParams, 128) { layer_norm<float>(p); }
PARASOL_KERNEL(layer_norm_f16, LayerNormParams, 128) { layer_norm<__half>(p); }
