#pragma once
#include "ptx/device.cuh"
#include "vector4.cuh"

/*
 * Symmetric int8: x is about q * scale with q from -127 to 127. A scale is that of the largest magnitude, so the order in which
 * values are looked at does not matter. A NaN makes the scale NaN, and with it everything that is multiplied by it.
 */
constexpr int QUANTIZED_BLOCK = 128;      // columns that share a scale where a row has more than one

/* The larger magnitude; a NaN wins. */
__device__ __forceinline__ float wider(float most, float x) {
    const float size = fabsf(x);
    return size > most || size != size ? size : most;
}

__device__ __forceinline__ float wider4(float most, float4 v) { return wider(wider(wider(wider(most, v.x), v.y), v.z), v.w); }

/* The largest magnitude of the warp in every lane. */
__device__ __forceinline__ float warp_widest(float most) {
    for (int distance = 16; distance > 0; distance >>= 1) most = wider(most, __shfl_xor_sync(0xffffffffu, most, distance));
    return most;
}

__device__ __forceinline__ float scale_of(float most) { return most / 127.0f; }

/* What values are multiplied by; 0 where nothing but 0 has that scale. */
__device__ __forceinline__ float inverse_scale(float scale) { return scale > 0.0f ? 1.0f / scale : 0.0f; }

__device__ __forceinline__ int quantized(float x, float inverse) { return max(-127, min(127, __float2int_rn(x * inverse))); }

__device__ __forceinline__ uint32_t quantized4(float4 v, float inverse) {
    return (uint32_t)(quantized(v.x, inverse) & 0xff) | (uint32_t)(quantized(v.y, inverse) & 0xff) << 8 | (uint32_t)(quantized(v.z, inverse) & 0xff) << 16 |
           (uint32_t)quantized(v.w, inverse) << 24;
}
