#pragma once
#include "gemm_f16.cuh"

/* The output layer's tiles: a warp spans the 64 columns of a partial result, so the smallest one is wider than gemm_f16's. */
using ArgmaxF16Tile16x256 = GemmF16Tile<16, 256, 16, 64>;
using ArgmaxF16Tile64x128 = GemmF16Tile64x128;
using ArgmaxF16Tile128x128 = GemmF16Tile128x128;
using ArgmaxF16Tile128x256 = GemmF16Tile128x256;
