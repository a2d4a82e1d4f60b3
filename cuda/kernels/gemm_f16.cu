#include "ptx/device.cuh"
#include "params/gemm.h"
#include "gemm_f16.cuh"
#include "gemm_f16_epilogue.cuh"

/*
 * C = act(A W^T + bias) + residual in fp16 with fp32 accumulation; C in fp16 or fp32.
 * Grid: x = ceil(n / tile columns), y = ceil(m / tile rows). A kernel's name ends with its tile's rows and columns; every tile, and
 * every depth of its ring, gives the same bits.
 */
#define PARASOL_GEMM_F16(ROWS, COLS)                                                                                                    \
    PARASOL_KERNEL(gemm_f16_f16_##ROWS##x##COLS, GemmParams, GemmF16Tile##ROWS##x##COLS::THREADS) { gemm_f16<GemmF16Tile##ROWS##x##COLS, __half>(p); } \
    PARASOL_KERNEL(gemm_f16_f32_##ROWS##x##COLS, GemmParams, GemmF16Tile##ROWS##x##COLS::THREADS) { gemm_f16<GemmF16Tile##ROWS##x##COLS, float>(p); }
PARASOL_GEMM_F16(16, 128)
PARASOL_GEMM_F16(32, 64)
PARASOL_GEMM_F16(64, 64)
PARASOL_GEMM_F16(64, 128)
PARASOL_GEMM_F16(128, 128)
PARASOL_GEMM_F16(128, 256)
PARASOL_GEMM_F16(256, 128)
