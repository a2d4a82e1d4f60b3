#include "ptx/device.cuh"
#include "params/token_offsets.h"
#include "scan.cuh"

namespace { constexpr int THREADS = 128; }

// One block; each thread sums a run of neighbouring utterances.
PARASOL_KERNEL(token_offsets, TokenOffsetsParams, THREADS) {
    __shared__ int sums[THREADS + 1];
    const int run = (p.batch + THREADS - 1) / THREADS;
    const int begin = min(static_cast<int>(threadIdx.x) * run, p.batch);
    const int end = min(begin + run, p.batch);
    int own = 0;
    for (int b = begin; b < end; b++) own += p.token_counts[b];
    int sum = block_exclusive_sum<THREADS>(own, sums);
    for (int b = begin; b < end; b++) {
        p.token_offsets[b] = sum;
        sum += p.token_counts[b];
    }
    if (threadIdx.x == 0) p.token_offsets[p.batch] = sums[THREADS];
}
