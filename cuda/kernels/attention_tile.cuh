#pragma once
#include "ptx/device.cuh"
#include "params/attention.h"

/*
 * Which query rows and key rows a CTA of the attention works on. Grid: x = q_rows / ROWS + batch slots, y = heads.
 *
 * Utterance b owns the slots from q_offsets[b] / ROWS + b up to the next one's first: at least as many as it has tiles of ROWS query
 * rows, so the host needs no lengths to size the grid and a CTA finds its utterance by bisection. Slots left over are empty.
 */
struct AttentionTile {
    int firstQuery, queries;      // rows of the packed q; the utterance's rows from firstQuery on, <= 0 when the slot is empty
    int firstKey, keys;           // rows of the packed k and v; the utterance's number of keys

    __device__ __forceinline__ AttentionTile(const AttentionParams& p, int rows) {
        const int slot = blockIdx.x;
        int low = 0, high = p.batch - 1;
        while (low < high) {      // the last utterance whose first slot is at or before this one
            int middle = (low + high + 1) / 2;
            if (p.q_offsets[middle] / rows + middle <= slot) low = middle;
            else high = middle - 1;
        }
        const int begin = p.q_offsets[low];
        const int tile = slot - (begin / rows + low);
        firstQuery = begin + tile * rows;
        queries = p.q_offsets[low + 1] - firstQuery;
        firstKey = p.k_offsets[low];
        keys = p.k_offsets[low + 1] - firstKey;
    }
};
