#pragma once
#include "gemm_sm90.cuh"

/* int8 factors, sums of whole numbers: exact, as long as K is below 2^17. */
struct S8Products {
    typedef int8_t Element;
    typedef int Accumulator;

    static __device__ __forceinline__ void multiply(int (&sum)[64], uint64_t left, uint64_t right, bool accumulate) {
        ptx::wgmma_m64n128k32_s8(sum, left, right, accumulate);
    }
};

/* Tiles by their rows, the last by its columns; the launcher chooses. A slice is 128 columns of K: as many as share a scale where a row of A has more than one. */
using GemmS8Sm90Tile64 = GemmSm90Tile<S8Products, 1, 1, 6>;
using GemmS8Sm90Tile128 = GemmSm90Tile<S8Products, 2, 1, 5>;
using GemmS8Sm90Tile256 = GemmSm90Tile<S8Products, 2, 2, 4, 56, 224>;

/* Those with a scale for each slice of A, where a warpgroup has fp32 sums beside those of whole numbers: it scales while others multiply. */
using GemmS8BlocksSm90Tile64 = GemmSm90Tile<S8Products, 1, 1, 6>;
using GemmS8BlocksSm90Tile128 = GemmSm90Tile<S8Products, 2, 1, 5>;
using GemmS8BlocksSm90Tile192 = GemmSm90Tile<S8Products, 3, 1, 4, 40, 152>;
