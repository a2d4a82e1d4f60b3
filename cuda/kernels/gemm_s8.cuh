#pragma once
#include "gemm_mma.cuh"

/* int8 factors, sums of whole numbers: exact, as long as K is below 2^17. */
struct S8Numbers {
    typedef int8_t Element;
    typedef int Accumulator;

    template <int M, int N>
    static __device__ __forceinline__ void multiply(int (&sum)[M][N][4], const uint32_t (&left)[M][4], const uint32_t (&right)[N][2]) {
        ptx::mma_tile_s8(sum, left, right);
    }
};

/* A stage holds 128 columns of K: as many as share a scale where a row of A has more than one. */
template <int ROWS, int COLS, int WARP_ROWS, int WARP_COLS>
using GemmS8Tile = MmaTile<S8Numbers, ROWS, COLS, WARP_ROWS, WARP_COLS>;

/* The tiles that there are kernels for, by rows and columns. Where C is quantized, a tile has whole blocks of 128 columns. */
using GemmS8Tile16x128 = GemmS8Tile<16, 128, 16, 32>;
using GemmS8Tile32x64 = GemmS8Tile<32, 64, 16, 32>;
using GemmS8Tile64x64 = GemmS8Tile<64, 64, 32, 32>;
using GemmS8Tile64x128 = GemmS8Tile<64, 128, 32, 64>;
using GemmS8Tile128x128 = GemmS8Tile<128, 128, 64, 64>;
using GemmS8Tile128x256 = GemmS8Tile<128, 256, 64, 64>;
using GemmS8Tile256x128 = GemmS8Tile<256, 128, 64, 64>;

/* Those with a scale for each block of A, where a warp has fp32 sums beside those of whole numbers. */
using GemmS8BlocksTile16x128 = GemmS8Tile<16, 128, 16, 32>;
using GemmS8BlocksTile64x128 = GemmS8Tile<64, 128, 32, 64>;
using GemmS8BlocksTile128x128 = GemmS8Tile<128, 128, 32, 64>;
