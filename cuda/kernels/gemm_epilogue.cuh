#pragma once
#include "ptx/device.cuh"

// What follows a product: bias, ReLU and residual on two neighbouring elements of a row at once.
__device__ __forceinline__ void store_pair(__half* to, float x, float y) { *(__half2*)to = __floats2half2_rn(x, y); }
__device__ __forceinline__ void store_pair(float* to, float x, float y) { *(float2*)to = make_float2(x, y); }
__device__ __forceinline__ void store(__half* to, float x) { *to = __float2half_rn(x); }
__device__ __forceinline__ void store(float* to, float x) { *to = x; }

/* A comparison and not fmaxf, which would turn a NaN into a zero. */
__device__ __forceinline__ float relu(float x) { return x < 0.0f ? 0.0f : x; }

/* True when elements 2i and 2i + 1 of every row can be moved at once. */
template <typename T>
__device__ __forceinline__ bool pairable(const T* matrix, int stride) {
    return stride % 2 == 0 && (uintptr_t)matrix % (2 * sizeof(T)) == 0;
}

// Element col, and col + 1 where there are `two`, of a row; `pairs` when both can be moved at once.
template <typename Out, typename Params>
__device__ __forceinline__ void finish_pair(const Params& p, int row, int col, bool two, bool pairs, float x, float y, float bias0, float bias1) {
    x += bias0, y += bias1;
    if (p.relu) x = relu(x), y = relu(y);
    Out* to = (Out*)p.c + (int64_t)row * p.ldc + col;
    if (p.residual) {
        const float* from = p.residual + (int64_t)row * p.ld_residual + col;
        float2 r = pairs && two ? *(const float2*)from : make_float2(from[0], two ? from[1] : 0.0f);
        x += r.x, y += r.y;
    }
    if (pairs && two) {
        store_pair(to, x, y);
    } else {
        store(to, x);
        if (two) store(to + 1, y);
    }
}

template <typename Out, typename Params>
__device__ __forceinline__ bool pairs_allowed(const Params& p) {
    return pairable((const Out*)p.c, p.ldc) && (!p.residual || pairable(p.residual, p.ld_residual));
}
