// Half precision for kernels compiled by g++: the part of CUDA's cuda_fp16.h that kernels use, on F16C.
//
// Conversions round to nearest even. Sums, products, quotients and roots are computed in fp32 and rounded once more,
// which gives the correctly rounded half (24 >= 2 * 11 + 2 bits); the fused multiply-add is exact in fp64 before it is rounded.
#pragma once
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "softcuda/device_types.h"

struct __half_raw {
    unsigned short x;
};

struct __attribute__((aligned(2))) __half {
    unsigned short bits;

    __half() = default;
    __half(const __half_raw& raw) : bits(raw.x) {}
    __half(float x) : bits(_cvtss_sh(x, _MM_FROUND_TO_NEAREST_INT)) {}
    __half(double x);
    __half(int x) : __half(static_cast<double>(x)) {}
    __half(unsigned x) : __half(static_cast<double>(x)) {}
    operator float() const { return _cvtsh_ss(bits); }
    operator __half_raw() const { return __half_raw{bits}; }
};

struct __attribute__((aligned(4))) __half2 {
    __half x, y;

    __half2() = default;
    __half2(const __half& low, const __half& high) : x(low), y(high) {}
};

typedef __half half;
typedef __half2 half2;

namespace softcuda {
// fp64 to fp16 by way of fp32 rounded to odd, so that the second rounding decides alone.
inline unsigned short halfBits(double x) {
    float f = static_cast<float>(x);
    const double back = f;
    if (back != x && x == x) {
        uint32_t word;
        memcpy(&word, &f, 4);
        if ((word & 1) == 0) {
            // f was rounded to an even neighbour: step to the odd one on x's side.
            const bool away = fabs(back) < fabs(x);
            word = away ? word + 1 : word - 1;
            memcpy(&f, &word, 4);
        }
    }
    return _cvtss_sh(f, _MM_FROUND_TO_NEAREST_INT);
}
}  // namespace softcuda
inline __half::__half(double x) : bits(softcuda::halfBits(x)) {}

inline __half __ushort_as_half(unsigned short x) { return __half(__half_raw{x}); }
inline __half __short_as_half(short x) { return __half(__half_raw{static_cast<unsigned short>(x)}); }
inline unsigned short __half_as_ushort(__half x) { return x.bits; }
inline short __half_as_short(__half x) { return static_cast<short>(x.bits); }

inline __half __float2half(float x) { return __half(x); }
inline __half __float2half_rn(float x) { return __half(x); }
inline __half __float2half_rz(float x) { return __ushort_as_half(_cvtss_sh(x, _MM_FROUND_TO_ZERO)); }
inline __half __float2half_rd(float x) { return __ushort_as_half(_cvtss_sh(x, _MM_FROUND_TO_NEG_INF)); }
inline __half __float2half_ru(float x) { return __ushort_as_half(_cvtss_sh(x, _MM_FROUND_TO_POS_INF)); }
inline __half __double2half(double x) { return __half(x); }
inline __half __int2half_rn(int x) { return __half(x); }
inline float __half2float(__half x) { return static_cast<float>(x); }
inline int __half2int_rn(__half x) { return static_cast<int>(rintf(static_cast<float>(x))); }
inline int __half2int_rz(__half x) { return static_cast<int>(static_cast<float>(x)); }

inline __half2 __halves2half2(__half low, __half high) { return __half2(low, high); }
inline __half2 make_half2(__half low, __half high) { return __half2(low, high); }
inline __half2 __floats2half2_rn(float low, float high) { return __half2(__half(low), __half(high)); }
inline __half2 __float2half2_rn(float x) { return __half2(__half(x), __half(x)); }
inline __half2 __half2half2(__half x) { return __half2(x, x); }
inline __half __low2half(__half2 x) { return x.x; }
inline __half __high2half(__half2 x) { return x.y; }
inline __half2 __low2half2(__half2 x) { return __half2(x.x, x.x); }
inline __half2 __high2half2(__half2 x) { return __half2(x.y, x.y); }
inline __half2 __lowhigh2highlow(__half2 x) { return __half2(x.y, x.x); }
inline float __low2float(__half2 x) { return static_cast<float>(x.x); }
inline float __high2float(__half2 x) { return static_cast<float>(x.y); }
inline float2 __half22float2(__half2 x) { return float2{static_cast<float>(x.x), static_cast<float>(x.y)}; }
inline __half2 __float22half2_rn(float2 x) { return __floats2half2_rn(x.x, x.y); }

inline __half __hadd(__half a, __half b) { return __half(static_cast<float>(a) + static_cast<float>(b)); }
inline __half __hsub(__half a, __half b) { return __half(static_cast<float>(a) - static_cast<float>(b)); }
inline __half __hmul(__half a, __half b) { return __half(static_cast<float>(a) * static_cast<float>(b)); }
inline __half __hdiv(__half a, __half b) { return __half(static_cast<float>(a) / static_cast<float>(b)); }
inline __half __hneg(__half a) { return __ushort_as_half(a.bits ^ 0x8000u); }
inline __half __habs(__half a) { return __ushort_as_half(a.bits & 0x7fffu); }
inline __half __hfma(__half a, __half b, __half c) {
    return __half(static_cast<double>(static_cast<float>(a)) * static_cast<float>(b) + static_cast<float>(c));
}
inline bool __hisnan(__half a) { return (a.bits & 0x7fffu) > 0x7c00u; }
inline int __hisinf(__half a) { return a.bits == 0x7c00u ? 1 : a.bits == 0xfc00u ? -1 : 0; }
inline bool __heq(__half a, __half b) { return static_cast<float>(a) == static_cast<float>(b); }
inline bool __hne(__half a, __half b) { return !__hisnan(a) && !__hisnan(b) && !__heq(a, b); }
inline bool __hlt(__half a, __half b) { return static_cast<float>(a) < static_cast<float>(b); }
inline bool __hle(__half a, __half b) { return static_cast<float>(a) <= static_cast<float>(b); }
inline bool __hgt(__half a, __half b) { return static_cast<float>(a) > static_cast<float>(b); }
inline bool __hge(__half a, __half b) { return static_cast<float>(a) >= static_cast<float>(b); }
inline __half __hmax(__half a, __half b) { return __hisnan(a) ? b : __hisnan(b) ? a : __hgt(a, b) ? a : b; }
inline __half __hmin(__half a, __half b) { return __hisnan(a) ? b : __hisnan(b) ? a : __hlt(a, b) ? a : b; }
inline __half hsqrt(__half a) { return __half(sqrtf(static_cast<float>(a))); }
inline __half hexp(__half a) { return __half(exp(static_cast<double>(static_cast<float>(a)))); }
inline __half hlog(__half a) { return __half(log(static_cast<double>(static_cast<float>(a)))); }

inline __half2 __hadd2(__half2 a, __half2 b) { return __half2(__hadd(a.x, b.x), __hadd(a.y, b.y)); }
inline __half2 __hsub2(__half2 a, __half2 b) { return __half2(__hsub(a.x, b.x), __hsub(a.y, b.y)); }
inline __half2 __hmul2(__half2 a, __half2 b) { return __half2(__hmul(a.x, b.x), __hmul(a.y, b.y)); }
inline __half2 __hfma2(__half2 a, __half2 b, __half2 c) { return __half2(__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y)); }
inline __half2 __hmax2(__half2 a, __half2 b) { return __half2(__hmax(a.x, b.x), __hmax(a.y, b.y)); }
inline __half2 __hmin2(__half2 a, __half2 b) { return __half2(__hmin(a.x, b.x), __hmin(a.y, b.y)); }
inline __half2 __hneg2(__half2 a) { return __half2(__hneg(a.x), __hneg(a.y)); }
inline __half2 __habs2(__half2 a) { return __half2(__habs(a.x), __habs(a.y)); }

inline __half operator+(const __half& a, const __half& b) { return __hadd(a, b); }
inline __half operator-(const __half& a, const __half& b) { return __hsub(a, b); }
inline __half operator*(const __half& a, const __half& b) { return __hmul(a, b); }
inline __half operator/(const __half& a, const __half& b) { return __hdiv(a, b); }
inline __half operator-(const __half& a) { return __hneg(a); }
inline bool operator==(const __half& a, const __half& b) { return __heq(a, b); }
inline bool operator!=(const __half& a, const __half& b) { return !__heq(a, b); }
inline bool operator<(const __half& a, const __half& b) { return __hlt(a, b); }
inline bool operator<=(const __half& a, const __half& b) { return __hle(a, b); }
inline bool operator>(const __half& a, const __half& b) { return __hgt(a, b); }
inline bool operator>=(const __half& a, const __half& b) { return __hge(a, b); }
