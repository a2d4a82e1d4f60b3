#pragma once
#include "ptx/device.cuh"

// Utterances are packed one behind the other; offsets[b] is the first row of utterance b, offsets[batch] the row count.

// How many rows there are. A launch may be for more: its batch is then padded with utterances without rows.
__device__ __forceinline__ int rows_of(const int32_t* offsets, int batch, int rows) { return min(rows, offsets[batch]); }

// The utterance that holds `row`, which must be below offsets[batch]. Utterances without rows are never the answer.
__device__ __forceinline__ int utterance_of(const int32_t* offsets, int batch, int row) {
    int low = 0;
    int high = batch;
    while (high - low > 1) {
        const int middle = (low + high) >> 1;
        if (offsets[middle] <= row) low = middle; else high = middle;
    }
    return low;
}

// Tiles of TILE rows that never cross an utterance's end. Utterance b's tiles begin at slot offsets[b] / TILE + b, which leaves
// room for its last, partial tile and grows with b; offsets[batch] / TILE + batch slots are enough, some of them are empty.
struct RowTile {
    int begin;      // first row of the tile, counted over the batch
    int end;        // one behind the last row of the utterance
    int first;      // first row of the utterance
    int utterance;
};

// False where the slot is empty.
template <int TILE>
__device__ __forceinline__ bool row_tile_of(const int32_t* offsets, int batch, int slot, RowTile& tile) {
    int low = 0;
    int high = batch;
    while (high - low > 1) {
        const int middle = (low + high) >> 1;
        if (offsets[middle] / TILE + middle <= slot) low = middle; else high = middle;
    }
    tile.utterance = low;
    tile.first = offsets[low];
    tile.end = offsets[low + 1];
    tile.begin = tile.first + (slot - (tile.first / TILE + low)) * TILE;
    return tile.begin < tile.end;
}
