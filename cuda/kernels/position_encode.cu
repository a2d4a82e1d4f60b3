#include "ptx/device.cuh"
#include "params/position_encode.h"
#include "ragged.cuh"

namespace {
constexpr int ROWS = 8;             // rows a block: the frequency of a column is computed once for all of them
constexpr int THREADS = 128;
constexpr float LOG_10000 = 9.210340371976184f;
constexpr double INVERSE_PI = 0.31830988618379067154;
}

// Sine in the first half of the columns, cosine in the second; frequency i is exp(-i ln(10000) / (cols / 2 - 1)), positions
// begin at 1. The argument is rounded to fp32 where FunASR rounds it (the frequency and the product), then reduced without
// a further error that matters: an hour is 60,000 positions.
PARASOL_KERNEL(position_encode, PositionEncodeParams, THREADS) {
    __shared__ int positions[ROWS];
    const int thread = static_cast<int>(threadIdx.x);
    const int first = static_cast<int>(blockIdx.x) * ROWS;
    const int rows = min(ROWS, rows_of(p.offsets, p.batch, p.rows) - first);
    if (rows <= 0) return;
    if (thread < rows) {
        const int row = first + thread;
        positions[thread] = row - p.offsets[utterance_of(p.offsets, p.batch, row)] + 1;
    }
    __syncthreads();
    const int half = p.cols / 2;
    const float increment = LOG_10000 / static_cast<float>(half - 1);
    for (int i = thread; i < half; i += THREADS) {
        const float frequency = static_cast<float>(exp(static_cast<double>(-increment * static_cast<float>(i))));
        for (int r = 0; r < rows; r++) {
            const double turns = static_cast<double>(static_cast<float>(positions[r]) * frequency) * INVERSE_PI;
            float sine;
            float cosine;
            sincospif(static_cast<float>(turns - 2.0 * rint(0.5 * turns)), &sine, &cosine);
            const int64_t at = static_cast<int64_t>(first + r) * p.cols + i;
            p.output[at] = p.input[at] * p.scale + sine;
            p.output[at + half] = p.input[at + half] * p.scale + cosine;
        }
    }
}
