#include "ptx/device.cuh"
#include "params/argmax_reduce.h"
#include "argmax.cuh"
#include "warp.cuh"

/*
 * Joins gemm_argmax's partial results into one id and value a row.
 * Grid: x = ceil(rows / 32). A warp reads 32 neighbouring rows of one partial tile; the four warps take every fourth tile.
 */
PARASOL_KERNEL(argmax_reduce, ArgmaxReduceParams, 128) {
    constexpr int WARPS = 4;
    __shared__ float values[WARPS][32];
    __shared__ int ids[WARPS][32];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const int row = blockIdx.x * 32 + lane;
    const int rows = true_rows(p.rows, p.device_rows);
    if ((int)blockIdx.x * 32 >= rows) return;
    Best best{-INFINITY, 0x7fffffff};     // loses against any partial result, whose ids are columns
    if (row < rows)
        for (int tile = warp; tile < p.tiles; tile += WARPS)
            best.join(p.partial_values[(int64_t)tile * p.rows + row], p.partial_ids[(int64_t)tile * p.rows + row]);
    values[warp][lane] = best.value;
    ids[warp][lane] = best.id;
    __syncthreads();
    if (warp == 0 && row < rows) {
#pragma unroll
        for (int w = 1; w < WARPS; w++) best.join(values[w][lane], ids[w][lane]);
        p.ids[row] = best.id;
        p.values[row] = best.value;
    }
}
