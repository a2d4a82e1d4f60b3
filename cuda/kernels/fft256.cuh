#pragma once
#include "ptx/device.cuh"

// A 256-point complex FFT by one warp, eight points a lane: radix 8 over n = n0 + 32 n1, radix 8 over n0 = m0 + 4 m1, radix 4 over m0.
// Output k = k1 + 8 j1 + 64 j2. Between the steps the points change lanes through shared memory.

constexpr int FFT_PITCH = 36;                       // points a row of the exchange buffer; 32 would put all lanes into the same banks
constexpr int FFT_POINTS = 8 * FFT_PITCH;           // size of the exchange buffer

__device__ __forceinline__ float2 complex_add(float2 a, float2 b) { return make_float2(a.x + b.x, a.y + b.y); }
__device__ __forceinline__ float2 complex_subtract(float2 a, float2 b) { return make_float2(a.x - b.x, a.y - b.y); }
__device__ __forceinline__ float2 complex_multiply(float2 a, float2 b) { return make_float2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x); }
__device__ __forceinline__ float2 times_minus_i(float2 a) { return make_float2(a.y, -a.x); }

// exp(-2 pi i k / 512) for 0 <= k < 512, from a table of the first half circle.
__device__ __forceinline__ float2 twiddle512(const float* twiddles, int k) {
    const int half = k & 255;
    const float sign = k < 256 ? 1.0f : -1.0f;
    return make_float2(sign * twiddles[2 * half], sign * twiddles[2 * half + 1]);
}

__device__ __forceinline__ void dft4(float2& a, float2& b, float2& c, float2& d) {
    const float2 sum02 = complex_add(a, c);
    const float2 difference02 = complex_subtract(a, c);
    const float2 sum13 = complex_add(b, d);
    const float2 difference13 = times_minus_i(complex_subtract(b, d));
    a = complex_add(sum02, sum13);
    b = complex_add(difference02, difference13);
    c = complex_subtract(sum02, sum13);
    d = complex_subtract(difference02, difference13);
}

__device__ __forceinline__ void dft8(float2 (&x)[8]) {
    const float r = 0.70710678118654752f;
    float2 even[4];
    float2 odd[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        even[i] = complex_add(x[i], x[i + 4]);
        odd[i] = complex_subtract(x[i], x[i + 4]);
    }
    odd[1] = complex_multiply(odd[1], make_float2(r, -r));
    odd[2] = times_minus_i(odd[2]);
    odd[3] = complex_multiply(odd[3], make_float2(-r, -r));
    dft4(even[0], even[1], even[2], even[3]);
    dft4(odd[0], odd[1], odd[2], odd[3]);
#pragma unroll
    for (int i = 0; i < 4; i++) {
        x[2 * i] = even[i];
        x[2 * i + 1] = odd[i];
    }
}

// x[i] is point lane + 32 i. On return `points` holds the spectrum in natural order, visible to the whole warp.
__device__ __forceinline__ void fft256(float2 (&x)[8], const float* twiddles, float2* points, int lane) {
    dft8(x);
#pragma unroll
    for (int k1 = 0; k1 < 8; k1++) {
        points[k1 * FFT_PITCH + lane] = complex_multiply(x[k1], twiddle512(twiddles, 2 * lane * k1));
    }
    __syncwarp();

    const int k1 = lane >> 2;
    const int m0 = lane & 3;
#pragma unroll
    for (int m1 = 0; m1 < 8; m1++) x[m1] = points[k1 * FFT_PITCH + m0 + 4 * m1];
    dft8(x);
    __syncwarp();
#pragma unroll
    for (int j1 = 0; j1 < 8; j1++) {
        points[k1 * FFT_PITCH + j1 * 4 + m0] = complex_multiply(x[j1], twiddle512(twiddles, 16 * m0 * j1));
    }
    __syncwarp();

#pragma unroll
    for (int half = 0; half < 2; half++) {
        const float2* source = points + (lane & 7) * FFT_PITCH + ((lane >> 3) + 4 * half) * 4;
#pragma unroll
        for (int m = 0; m < 4; m++) x[half * 4 + m] = source[m];
    }
    dft4(x[0], x[1], x[2], x[3]);
    dft4(x[4], x[5], x[6], x[7]);
    __syncwarp();
#pragma unroll
    for (int j2 = 0; j2 < 4; j2++) {
        points[lane + 64 * j2] = x[j2];
        points[lane + 32 + 64 * j2] = x[4 + j2];
    }
    __syncwarp();
}
