#pragma once
#include "gemm_mma.cuh"

/* fp16 factors, fp32 sums. */
struct F16Numbers {
    typedef __half Element;
    typedef float Accumulator;

    template <int M, int N>
    static __device__ __forceinline__ void multiply(float (&sum)[M][N][4], const uint32_t (&left)[M][4], const uint32_t (&right)[N][2]) {
        ptx::mma_tile_f16(sum, left, right);
    }
};

template <int ROWS, int COLS, int WARP_ROWS, int WARP_COLS>
using GemmF16Tile = MmaTile<F16Numbers, ROWS, COLS, WARP_ROWS, WARP_COLS>;

/* The tiles that there are kernels for, by rows and columns. */
using GemmF16Tile16x128 = GemmF16Tile<16, 128, 16, 32>;
using GemmF16Tile32x64 = GemmF16Tile<32, 64, 16, 32>;
using GemmF16Tile64x64 = GemmF16Tile<64, 64, 32, 32>;
using GemmF16Tile64x128 = GemmF16Tile<64, 128, 32, 64>;
using GemmF16Tile128x128 = GemmF16Tile<128, 128, 64, 64>;
using GemmF16Tile128x256 = GemmF16Tile<128, 256, 64, 64>;
using GemmF16Tile256x128 = GemmF16Tile<256, 128, 64, 64>;
