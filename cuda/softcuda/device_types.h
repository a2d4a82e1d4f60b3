// Function and variable qualifiers and the vector types of CUDA C++.
#pragma once
#include <stdint.h>

#define __device__
#define __host__
#define __global__
#define __constant__ static
// A block stays on one OS thread from its first instruction to its last, so a variable of that thread is the block's.
// Unlike dynamic shared memory it keeps what the block before left in it, and has no red zones.
#define __shared__ static thread_local
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(n) __attribute__((aligned(n)))

#define PARASOL_VECTOR_TYPES(T, name, align2, align4)                                                          \
    struct name##1 {                                                                                           \
        T x;                                                                                                   \
    };                                                                                                         \
    struct __attribute__((aligned(align2))) name##2 {                                                          \
        T x, y;                                                                                                \
    };                                                                                                         \
    struct name##3 {                                                                                           \
        T x, y, z;                                                                                             \
    };                                                                                                         \
    struct __attribute__((aligned(align4))) name##4 {                                                          \
        T x, y, z, w;                                                                                          \
    };                                                                                                         \
    inline name##1 make_##name##1(T x) { return name##1{x}; }                                                  \
    inline name##2 make_##name##2(T x, T y) { return name##2{x, y}; }                                          \
    inline name##3 make_##name##3(T x, T y, T z) { return name##3{x, y, z}; }                                  \
    inline name##4 make_##name##4(T x, T y, T z, T w) { return name##4{x, y, z, w}; }

PARASOL_VECTOR_TYPES(signed char, char, 2, 4)
PARASOL_VECTOR_TYPES(unsigned char, uchar, 2, 4)
PARASOL_VECTOR_TYPES(short, short, 4, 8)
PARASOL_VECTOR_TYPES(unsigned short, ushort, 4, 8)
PARASOL_VECTOR_TYPES(int, int, 8, 16)
PARASOL_VECTOR_TYPES(unsigned, uint, 8, 16)
PARASOL_VECTOR_TYPES(long long, longlong, 16, 16)
PARASOL_VECTOR_TYPES(unsigned long long, ulonglong, 16, 16)
PARASOL_VECTOR_TYPES(float, float, 8, 16)
PARASOL_VECTOR_TYPES(double, double, 16, 16)
#undef PARASOL_VECTOR_TYPES

struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};
