#pragma once
#include "ptx/device.cuh"
#include "gemm_f16.cuh"

/*
 * The steps by which gemm_f16 was reached, each one idea further than the one before: for the benchmark and the tests, which compare
 * them; nothing else launches them. All compute C = act(A W^T + bias) + residual in fp16 with fp32 sums and fp16 output, as gemm_f16_f16
 * does, with GemmParams and a grid of x = ceil(n / COLS), y = ceil(m / ROWS).
 *
 *   v1  a thread an element, operands straight from global memory
 *   v2  slices of both operands in shared memory, a thread 4 x 4 elements with FFMA
 *   v3  tensor cores on shared memory: ordinary copies, fragments read word by word, no pipeline
 *   v4  v3 with cp.async into swizzled memory and ldmatrix, and a ring of stages: 64 x 128 tiles, gemm_f16_f16_64x128
 *   v5  v4 with 128 x 128 tiles: twice the arithmetic for a byte
 *   v6  v4 with 128 x 256 tiles of 8 warps: what large products take
 */
struct GemmLadderV1 {
    static constexpr int ROWS = 16, COLS = 16, THREADS = 256, SHARED_BYTES = 0;
};

struct GemmLadderV2 {
    static constexpr int ROWS = 64, COLS = 64, DEPTH = 16, THREADS = 256;
    static constexpr int STRIDE = 64 + 4;
    static constexpr int SHARED_BYTES = 2 * DEPTH * STRIDE * 4;
};

struct GemmLadderV3 {
    static constexpr int ROWS = 64, COLS = 128, DEPTH = 64, THREADS = 128;
    static constexpr int STRIDE = DEPTH + 8;
    static constexpr int SHARED_BYTES = (ROWS + COLS) * STRIDE * 2;
};

/* A step of gemm_f16's own tiles, with a ring of that many stages. */
template <typename Tile, int STAGES>
struct GemmLadderTile : Tile {
    static constexpr int SHARED_BYTES = STAGES * Tile::STAGE_BYTES;
};
using GemmLadderV4 = GemmLadderTile<GemmF16Tile64x128, 3>;
using GemmLadderV5 = GemmLadderTile<GemmF16Tile128x128, 3>;
using GemmLadderV6 = GemmLadderTile<GemmF16Tile128x256, 3>;
