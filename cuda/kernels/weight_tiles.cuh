#pragma once
#include "ptx/device.cuh"

/*
 * The layout of a weight matrix [n, k] for wgmma, k a multiple of 64: blocks of 128 rows (the last one of what is left), in each
 * the slices of 64 columns one behind the other, so that a slice of a block is one contiguous piece of memory. It is an image of
 * shared memory: a row of a slice is 128 bytes, its eight 16-byte chunks at places chunk ^ (row % 8). As many bytes as row by row.
 */
constexpr int WEIGHT_TILE_ROWS = 128, WEIGHT_TILE_DEPTH = 64;

/* The number of elements before the slice of columns `slice` * 64 ... of block `block`. */
__device__ __forceinline__ int64_t weight_slice(int block, int slice, int n, int k) {
    const int first = block * WEIGHT_TILE_ROWS, rows = min(WEIGHT_TILE_ROWS, n - first);
    return (int64_t)first * k + (int64_t)slice * rows * WEIGHT_TILE_DEPTH;
}

/* The place of an element within a slice. */
__device__ __forceinline__ int weight_place(int row, int col) { return row * WEIGHT_TILE_DEPTH + ((col / 8 ^ row % 8) * 8 | col % 8); }
