#pragma once
#include "gemm_sm90.cuh"

/* fp16 factors, fp32 sums. */
struct F16Products {
    typedef __half Element;
    typedef float Accumulator;

    static __device__ __forceinline__ void multiply(float (&sum)[64], uint64_t left, uint64_t right, bool accumulate) {
        ptx::wgmma_m64n128k16_f16(sum, left, right, accumulate);
    }
};

/* Tiles by their rows, the last by its columns; the launcher chooses. */
using GemmSm90Tile64 = GemmSm90Tile<F16Products, 1, 1, 6>;
using GemmSm90Tile128 = GemmSm90Tile<F16Products, 2, 1, 5>;
using GemmSm90Tile256 = GemmSm90Tile<F16Products, 2, 2, 4, 56, 224>;
