#pragma once
#include "ptx/device.cuh"

// Four columns at a time of a row-major matrix, fp32 or fp16 in memory, fp32 in registers. Where the address or the stride
// does not allow vectors, and at a ragged right edge, the columns go one by one.

template <typename T>
__device__ __forceinline__ bool vectors_allowed(const void* base, int stride) {
    return reinterpret_cast<uintptr_t>(base) % (4 * sizeof(T)) == 0 && stride % 4 == 0;
}

__device__ __forceinline__ float load1(const float* element) { return *element; }
__device__ __forceinline__ float load1(const __half* element) { return __half2float(*element); }
__device__ __forceinline__ void store1(float* element, float value) { *element = value; }
__device__ __forceinline__ void store1(__half* element, float value) { *element = __float2half_rn(value); }

__device__ __forceinline__ float4 load_vector4(const float* element) { return *reinterpret_cast<const float4*>(element); }
__device__ __forceinline__ float4 load_vector4(const __half* element) {
    const float2 low = __half22float2(reinterpret_cast<const __half2*>(element)[0]);
    const float2 high = __half22float2(reinterpret_cast<const __half2*>(element)[1]);
    return make_float4(low.x, low.y, high.x, high.y);
}
__device__ __forceinline__ void store_vector4(float* element, float4 value) { *reinterpret_cast<float4*>(element) = value; }
__device__ __forceinline__ void store_vector4(__half* element, float4 value) {
    reinterpret_cast<__half2*>(element)[0] = __floats2half2_rn(value.x, value.y);
    reinterpret_cast<__half2*>(element)[1] = __floats2half2_rn(value.z, value.w);
}

// Columns column .. column + 3 of `row`; columns from `limit` on read as zero.
template <typename T>
__device__ __forceinline__ float4 load4(const T* row, int column, int limit, bool vectors) {
    if (vectors && column + 4 <= limit) return load_vector4(row + column);
    float4 value = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    if (column < limit) value.x = load1(row + column);
    if (column + 1 < limit) value.y = load1(row + column + 1);
    if (column + 2 < limit) value.z = load1(row + column + 2);
    if (column + 3 < limit) value.w = load1(row + column + 3);
    return value;
}

// Columns from `limit` on are left alone.
template <typename T>
__device__ __forceinline__ void store4(T* row, int column, int limit, float4 value, bool vectors) {
    if (vectors && column + 4 <= limit) {
        store_vector4(row + column, value);
        return;
    }
    if (column < limit) store1(row + column, value.x);
    if (column + 1 < limit) store1(row + column + 1, value.y);
    if (column + 2 < limit) store1(row + column + 2, value.z);
    if (column + 3 < limit) store1(row + column + 3, value.w);
}
