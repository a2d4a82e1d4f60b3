#include "ptx/device.cuh"
#include "params/probe_cp_async.h"
#include "ptx/cp_async.cuh"

/*
 * Each thread copies `rounds` chunks of 16 bytes by cp.async, one group a chunk, and writes what lies in shared memory once at
 * most one group is under way and once none is. Grid: blocks of 128 threads. Dynamic shared memory: rounds * 2 KiB.
 */
PARASOL_KERNEL(probe_cp_async, ProbeCpAsyncParams, 128) {
    PARASOL_DYNAMIC_SHARED(uint4, shared);
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    const uint4* source = (const uint4*)p.source;
    uint4* output = (uint4*)p.output + (int64_t)i * p.rounds;
    for (int r = 0; r < p.rounds; r++) {
        ptx::cp_async_16(shared + r * blockDim.x + threadIdx.x, source + p.chunks[(int64_t)i * p.rounds + r], p.valid[(int64_t)i * p.rounds + r] != 0);
        ptx::cp_async_commit();
    }
    ptx::cp_async_wait<1>();
    for (int r = 0; r < p.rounds - 1; r++) output[r] = shared[r * blockDim.x + threadIdx.x];
    ptx::cp_async_wait<0>();
    output[p.rounds - 1] = shared[(p.rounds - 1) * blockDim.x + threadIdx.x];
}
