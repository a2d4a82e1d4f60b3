#pragma once
#include "ptx/device.cuh"

/*
 * The layout of a weight matrix [n, k] for wgmma, its rows a multiple of 128 bytes: blocks of 128 rows (the last one of what is
 * left), in each the slices of 128 bytes of a row (64 columns of fp16, 128 of int8) one behind the other, so that a slice of a block
 * is one contiguous piece of memory. It is an image of shared memory: a row of a slice has its eight 16-byte chunks at places
 * chunk ^ (row % 8). As many bytes as row by row.
 */
constexpr int WEIGHT_TILE_ROWS = 128, WEIGHT_TILE_BYTES = 128;

/* The number of bytes before slice `slice` of block `block`, in a matrix of n rows of row_bytes. */
__device__ __forceinline__ int64_t weight_slice(int block, int slice, int n, int row_bytes) {
    const int first = block * WEIGHT_TILE_ROWS, rows = min(WEIGHT_TILE_ROWS, n - first);
    return (int64_t)first * row_bytes + (int64_t)slice * rows * WEIGHT_TILE_BYTES;
}

/* The place of a row's byte within a slice. */
__device__ __forceinline__ int weight_place(int row, int byte) { return row * WEIGHT_TILE_BYTES + ((byte / 16 ^ row % 8) * 16 | byte % 16); }

/* The number of bytes before byte `byte` of row `row` in the whole image. */
__device__ __forceinline__ int64_t weight_byte(int row, int byte, int n, int row_bytes) {
    return weight_slice(row / WEIGHT_TILE_ROWS, byte / WEIGHT_TILE_BYTES, n, row_bytes) + weight_place(row % WEIGHT_TILE_ROWS, byte % WEIGHT_TILE_BYTES);
}
