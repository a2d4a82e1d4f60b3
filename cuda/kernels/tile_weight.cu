#include "ptx/device.cuh"
#include "params/tile_weight.h"
#include "weight_tiles.cuh"

namespace {

__device__ __forceinline__ uint32_t bits(float x) { return __half_as_ushort(__float2half_rn(x)); }
__device__ __forceinline__ uint32_t bits(__half x) { return __half_as_ushort(x); }

/* One thread for each 16-byte chunk of the image. Grid: x = ceil(rows * k / 8 / 128). */
template <typename From>
__device__ __forceinline__ void tile_weight(const TileWeightParams& p) {
    const int64_t chunk = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
    const int chunks = p.k / 8, row = (int)(chunk / chunks), col = (int)(chunk % chunks) * 8;
    if (row >= p.rows) return;
    const From* source = (const From*)p.source + row * p.stride_n;
    uint32_t words[4] = {};
#pragma unroll
    for (int i = 0; i < 8; i++) {
        if (col + i >= p.cols) continue;
        const int outer = (col + i) / p.inner, inner = (col + i) % p.inner;
        words[i / 2] |= bits(source[inner * p.stride_inner + outer * p.stride_outer]) << i % 2 * 16;
    }
    *(uint4*)((char*)p.destination + weight_byte(p.first_row + row, col * 2, p.n, p.k * 2)) = make_uint4(words[0], words[1], words[2], words[3]);
}

}

PARASOL_KERNEL(tile_weight_f32, TileWeightParams, 128) { tile_weight<float>(p); }
PARASOL_KERNEL(tile_weight_f16, TileWeightParams, 128) { tile_weight<__half>(p); }
