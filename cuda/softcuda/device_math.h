// Arithmetic of CUDA C++ that the C library does not have, or names differently.
#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>

#define PARASOL_MIN_MAX(T)                                 \
    inline T min(T a, T b) { return a < b ? a : b; }       \
    inline T max(T a, T b) { return a > b ? a : b; }
PARASOL_MIN_MAX(int)
PARASOL_MIN_MAX(unsigned)
PARASOL_MIN_MAX(long)
PARASOL_MIN_MAX(unsigned long)
PARASOL_MIN_MAX(long long)
PARASOL_MIN_MAX(unsigned long long)
#undef PARASOL_MIN_MAX
inline float min(float a, float b) { return fminf(a, b); }
inline float max(float a, float b) { return fmaxf(a, b); }
inline double min(double a, double b) { return fmin(a, b); }
inline double max(double a, double b) { return fmax(a, b); }

namespace softcuda {
template <class To, class From>
inline To bitCast(From from) {
    static_assert(sizeof(To) == sizeof(From), "a bit cast keeps the size");
    To to;
    memcpy(&to, &from, sizeof(to));
    return to;
}
}  // namespace softcuda

inline int __float_as_int(float x) { return softcuda::bitCast<int>(x); }
inline unsigned __float_as_uint(float x) { return softcuda::bitCast<unsigned>(x); }
inline float __int_as_float(int x) { return softcuda::bitCast<float>(x); }
inline float __uint_as_float(unsigned x) { return softcuda::bitCast<float>(x); }
inline long long __double_as_longlong(double x) { return softcuda::bitCast<long long>(x); }
inline double __longlong_as_double(long long x) { return softcuda::bitCast<double>(x); }

// Conversions from floating point saturate and turn NaN into 0, as the hardware does.
namespace softcuda {
template <class To, class From>
inline To saturatingConvert(From x, To lowest, To highest) {
    if (x != x) return 0;
    if (x <= static_cast<From>(lowest)) return lowest;
    if (x >= static_cast<From>(highest)) return highest;
    return static_cast<To>(x);
}
inline int toInt(double x) { return saturatingConvert<int>(x, INT32_MIN, INT32_MAX); }
inline unsigned toUnsigned(double x) { return saturatingConvert<unsigned>(x, 0, UINT32_MAX); }
}  // namespace softcuda
inline int __float2int_rn(float x) { return softcuda::toInt(rintf(x)); }
inline int __float2int_rz(float x) { return softcuda::toInt(truncf(x)); }
inline int __float2int_rd(float x) { return softcuda::toInt(floorf(x)); }
inline int __float2int_ru(float x) { return softcuda::toInt(ceilf(x)); }
inline unsigned __float2uint_rn(float x) { return softcuda::toUnsigned(rintf(x)); }
inline unsigned __float2uint_rz(float x) { return softcuda::toUnsigned(truncf(x)); }
inline int __double2int_rn(double x) { return softcuda::toInt(rint(x)); }
inline int __double2int_rz(double x) { return softcuda::toInt(trunc(x)); }
inline float __double2float_rn(double x) { return static_cast<float>(x); }
inline float __int2float_rn(int x) { return static_cast<float>(x); }
inline float __uint2float_rn(unsigned x) { return static_cast<float>(x); }

inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __frcp_rn(float a) { return 1.0f / a; }
inline float __fsqrt_rn(float a) { return sqrtf(a); }
inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
inline double __dadd_rn(double a, double b) { return a + b; }
inline double __dmul_rn(double a, double b) { return a * b; }
inline double __fma_rn(double a, double b, double c) { return fma(a, b, c); }
inline float __saturatef(float x) { return x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f; }

// The hardware's approximations; here they are as exact as the C library.
inline float __fdividef(float a, float b) { return a / b; }
inline float __expf(float x) { return expf(x); }
inline float __logf(float x) { return logf(x); }
inline float __log2f(float x) { return log2f(x); }
inline float __sinf(float x) { return sinf(x); }
inline float __cosf(float x) { return cosf(x); }
inline float __powf(float x, float y) { return powf(x, y); }

inline float rsqrtf(float x) { return 1.0f / sqrtf(x); }
inline double rsqrt(double x) { return 1.0 / sqrt(x); }

// Sine and cosine of pi x. The argument is reduced exactly, so that large arguments keep their accuracy.
inline void sincospi(double x, double* sine, double* cosine) {
    const double quarter = rint(2.0 * x);
    const double rest = (x - 0.5 * quarter) * M_PI;
    const double s = sin(rest), c = cos(rest);
    switch (static_cast<int>(quarter - 4.0 * floor(0.25 * quarter))) {
        case 0: *sine = s; *cosine = c; break;
        case 1: *sine = c; *cosine = -s; break;
        case 2: *sine = -s; *cosine = -c; break;
        default: *sine = -c; *cosine = s; break;
    }
}
inline void sincospif(float x, float* sine, float* cosine) {
    double s, c;
    sincospi(x, &s, &c);
    *sine = static_cast<float>(s);
    *cosine = static_cast<float>(c);
}
inline float sinpif(float x) {
    float s, c;
    sincospif(x, &s, &c);
    return s;
}
inline float cospif(float x) {
    float s, c;
    sincospif(x, &s, &c);
    return c;
}
inline double sinpi(double x) {
    double s, c;
    sincospi(x, &s, &c);
    return s;
}
inline double cospi(double x) {
    double s, c;
    sincospi(x, &s, &c);
    return c;
}

inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(static_cast<unsigned>(x)); }
inline int __clzll(long long x) { return x == 0 ? 64 : __builtin_clzll(static_cast<unsigned long long>(x)); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline int __ffsll(long long x) { return __builtin_ffsll(x); }
inline unsigned __brev(unsigned x) {
    x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
    x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
    x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
    return __builtin_bswap32(x);
}
inline int __mulhi(int a, int b) { return static_cast<int>(static_cast<int64_t>(a) * b >> 32); }
inline unsigned __umulhi(unsigned a, unsigned b) { return static_cast<unsigned>(static_cast<uint64_t>(a) * b >> 32); }
inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
    return static_cast<unsigned long long>(static_cast<unsigned __int128>(a) * b >> 64);
}
inline unsigned __byte_perm(unsigned a, unsigned b, unsigned selector) {
    const uint64_t bytes = static_cast<uint64_t>(b) << 32 | a;
    unsigned result = 0;
    for (int i = 0; i < 4; ++i) {
        const unsigned choice = selector >> (4 * i);
        unsigned byte = static_cast<unsigned>(bytes >> (8 * (choice & 7))) & 0xffu;
        if (choice & 8) byte = byte & 0x80 ? 0xff : 0;
        result |= byte << (8 * i);
    }
    return result;
}
inline int __dp4a(int a, int b, int c) {
    for (int i = 0; i < 4; ++i) c += static_cast<int8_t>(a >> (8 * i)) * static_cast<int8_t>(b >> (8 * i));
    return c;
}

// Loads and stores with a cache hint.
template <class T>
inline T __ldg(const T* address) { return *address; }
template <class T>
inline T __ldcg(const T* address) { return *address; }
template <class T>
inline T __ldcs(const T* address) { return *address; }
template <class T>
inline void __stcs(T* address, T value) { *address = value; }
template <class T>
inline void __stcg(T* address, T value) { *address = value; }
