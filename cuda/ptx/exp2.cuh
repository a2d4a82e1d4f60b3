// 2^x on the special function unit: one instruction where exp2f takes several. Its error is below 2 units in the last place;
// results below the smallest normal number are zero.
#pragma once
#include "ptx/device.cuh"

namespace ptx {

#ifdef __CUDACC__

__device__ __forceinline__ float exp2_approx(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

#else

inline float exp2_approx(float x) { return x < -126.0f ? 0.0f : exp2f(x); }

#endif

}  // namespace ptx
