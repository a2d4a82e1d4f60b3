#pragma once
#include "ptx/device.cuh"
#include "vector4.cuh"
#include "warp.cuh"

/*
 * One row of a layer norm in one warp: its fp32 statistics, and the normalised columns. A lane has four columns in every 128. The first
 * HELD of them stay in registers between the passes (640 columns, enough for every width of the residual stream in use); what is behind
 * is read again, from L1. Params has input, gamma, beta, ld_input, cols and epsilon.
 */
template <typename T, typename Params>
struct NormedRow {
    static constexpr int HELD = 5;

    const Params& p;
    const T* input;
    bool vectors, affine_vectors;
    float4 held[HELD];
    float mean, inverse;

    static __device__ __forceinline__ float sum4(float4 v) { return (v.x + v.y) + (v.z + v.w); }

    // Squared deviations of the columns that exist.
    __device__ __forceinline__ float squares4(float4 v, int column) const {
        const float x = column < p.cols ? v.x - mean : 0.0f;
        const float y = column + 1 < p.cols ? v.y - mean : 0.0f;
        const float z = column + 2 < p.cols ? v.z - mean : 0.0f;
        const float w = column + 3 < p.cols ? v.w - mean : 0.0f;
        return (x * x + y * y) + (z * z + w * w);
    }

    __device__ __forceinline__ NormedRow(const Params& params, int row) : p(params) {
        const int first = warp_lane() * 4;
        input = static_cast<const T*>(p.input) + static_cast<int64_t>(row) * p.ld_input;
        vectors = vectors_allowed<T>(p.input, p.ld_input);
        affine_vectors = vectors_allowed<float>(p.gamma, 0) && vectors_allowed<float>(p.beta, 0);
        float sum = 0.0f;
#pragma unroll
        for (int i = 0; i < HELD; i++) {
            held[i] = load4(input, first + i * 128, p.cols, vectors);
            sum += sum4(held[i]);
        }
        for (int c = first + HELD * 128; c < p.cols; c += 128) sum += sum4(load4(input, c, p.cols, vectors));
        mean = warp_sum(sum) / static_cast<float>(p.cols);

        float squares = 0.0f;
#pragma unroll
        for (int i = 0; i < HELD; i++) squares += squares4(held[i], first + i * 128);
        for (int c = first + HELD * 128; c < p.cols; c += 128) squares += squares4(load4(input, c, p.cols, vectors), c);
        inverse = 1.0f / sqrtf(warp_sum(squares) / static_cast<float>(p.cols) + p.epsilon);
    }

    __device__ __forceinline__ float4 normed(float4 v, int column) const {
        const float4 g = load4(p.gamma, column, p.cols, affine_vectors);    // zero behind the last column, so the padding is zero
        const float4 b = load4(p.beta, column, p.cols, affine_vectors);
        float4 y;
        y.x = (v.x - mean) * inverse * g.x + b.x;
        y.y = (v.y - mean) * inverse * g.y + b.y;
        y.z = (v.z - mean) * inverse * g.z + b.z;
        y.w = (v.w - mean) * inverse * g.w + b.w;
        return y;
    }

    // Calls use(column, the four normalised columns from there on) for this lane's columns below `width`.
    template <typename Use>
    __device__ __forceinline__ void each(int width, Use use) const {
        const int first = warp_lane() * 4;
#pragma unroll
        for (int i = 0; i < HELD; i++) {
            if (first + i * 128 < width) use(first + i * 128, normed(held[i], first + i * 128));
        }
        for (int c = first + HELD * 128; c < width; c += 128) use(c, normed(load4(input, c, p.cols, vectors), c));
    }
};

// The rows that a norm is written to in floating point; either may be null.
struct NormOutputs {
    __half* f16;
    float* f32;
    bool f16_vectors, f32_vectors;

    template <typename Params>
    __device__ __forceinline__ NormOutputs(const Params& p, int row) {
        f16 = p.output_f16 == nullptr ? nullptr : static_cast<__half*>(p.output_f16) + static_cast<int64_t>(row) * p.ld_f16;
        f32 = p.output_f32 == nullptr ? nullptr : p.output_f32 + static_cast<int64_t>(row) * p.ld_f32;
        f16_vectors = vectors_allowed<__half>(p.output_f16, p.ld_f16);
        f32_vectors = vectors_allowed<float>(p.output_f32, p.ld_f32);
    }

    template <typename Params>
    __device__ __forceinline__ int width(const Params& p) const {
        return max(f16 == nullptr ? 0 : p.ld_f16, f32 == nullptr ? 0 : p.ld_f32);
    }

    template <typename Params>
    __device__ __forceinline__ void write(const Params& p, int column, float4 y) const {
        if (f16 != nullptr) store4(f16, column, p.ld_f16, y, f16_vectors);
        if (f32 != nullptr) store4(f32, column, p.ld_f32, y, f32_vectors);
    }
};
