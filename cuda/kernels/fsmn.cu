#include "ptx/device.cuh"
#include "params/fsmn.h"
#include "fsmn.cuh"

namespace {

template <typename T>
__device__ __forceinline__ void fsmn(const FsmnParams& p) {
    RowTile tile;
    if (!row_tile_of<FSMN_ROWS>(p.offsets, p.batch, static_cast<int>(blockIdx.x), tile)) return;
    const bool vectors = vectors_allowed<T>(p.input, p.ld_input);
    const bool weight_vectors = vectors_allowed<float>(p.weight, p.channels);
    const bool output_vectors = vectors_allowed<float>(p.output, p.channels) && vectors_allowed<float>(p.residual, p.channels);
    const int stride = static_cast<int>(blockDim.x) * 4;
    for (int channel = static_cast<int>(threadIdx.x) * 4; channel < p.channels; channel += stride) {
        float4 sums[FSMN_ROWS];
        fsmn_sums<T>(sums, p, tile, channel, vectors, weight_vectors);
#pragma unroll
        for (int r = 0; r < FSMN_ROWS; r++) {
            const int row = tile.begin + r;
            if (row >= tile.end) break;
            const int64_t at = static_cast<int64_t>(row) * p.channels;
            if (p.residual != nullptr) add4(sums[r], load4(p.residual + at, channel, p.channels, output_vectors));
            store4(p.output + at, channel, p.channels, sums[r], output_vectors);
        }
    }
}

}

// One block for each slot of eight rows (see ragged.cuh), any multiple of 32 threads up to 128.
PARASOL_KERNEL(fsmn_f32, FsmnParams, 128) { fsmn<float>(p); }
PARASOL_KERNEL(fsmn_f16, FsmnParams, 128) { fsmn<__half>(p); }
