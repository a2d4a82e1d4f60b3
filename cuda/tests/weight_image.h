// Where a byte of a weight lies in the image that wgmma reads, by the words of kernels/weight_tiles.cuh.
#pragma once
#include <stddef.h>

#include <algorithm>

inline size_t imageByte(int row, int byte, int n, int row_bytes) {
    const int block = row / 128, rows = std::min(128, n - block * 128), in_block = row % 128, in_slice = byte % 128;
    return size_t(block) * 128 * row_bytes + size_t(byte / 128) * rows * 128 + in_block * 128 + ((in_slice / 16) ^ (in_block % 8)) * 16 + in_slice % 16;
}
