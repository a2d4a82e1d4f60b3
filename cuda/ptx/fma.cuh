// Four fused multiply-adds that share a factor: sum += left * right, each element rounded once.
//
// On a GPU these are four FFMA. g++ does not find the vector instruction in the scalar form once the loops around it are
// unrolled, so the host twin says it.
#pragma once
#include "ptx/device.cuh"

#ifndef __CUDACC__
#include <immintrin.h>
#endif

namespace ptx {

#ifdef __CUDACC__

__device__ __forceinline__ void fma4(float4& sum, float left, float4 right) {
    sum.x = fmaf(left, right.x, sum.x);
    sum.y = fmaf(left, right.y, sum.y);
    sum.z = fmaf(left, right.z, sum.z);
    sum.w = fmaf(left, right.w, sum.w);
}

#else

inline void fma4(float4& sum, float left, float4 right) {
    float* const to = reinterpret_cast<float*>(&sum);
    _mm_store_ps(to, _mm_fmadd_ps(_mm_set1_ps(left), _mm_load_ps(reinterpret_cast<const float*>(&right)), _mm_load_ps(to)));
}

#endif

}  // namespace ptx
