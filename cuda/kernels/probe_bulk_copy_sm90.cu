#include "ptx/bulk_copy.cuh"
#include "ptx/device.cuh"
#include "ptx/mbarrier.cuh"
#include "params/probe_bulk_copy.h"

/*
 * Thread 0 copies a piece a round into one of two buffers, everyone writes it out and says that the buffer is free again.
 * Grid: blocks of 128 threads. Dynamic shared memory: 8 KiB and the 32 bytes of four barriers.
 */
PARASOL_KERNEL(probe_bulk_copy, ProbeBulkCopyParams, 128) {
    PARASOL_DYNAMIC_SHARED_1024(uint4, shared);
    uint64_t* full = (uint64_t*)(shared + 512);
    uint64_t* vacant = full + 2;
    if (threadIdx.x == 0) {
        for (int i = 0; i < 2; i++) {
            ptx::mbarrier_init(full + i, 1);
            ptx::mbarrier_init(vacant + i, blockDim.x);
        }
        ptx::fence_mbarrier_init();
    }
    __syncthreads();
    for (int r = 0; r < p.rounds; r++) {
        const int64_t at = (int64_t)blockIdx.x * p.rounds + r;
        const int buffer = r % 2, parity = r / 2 % 2;
        const uint4* landed = shared + buffer * 256;
        if (threadIdx.x == 0) {
            ptx::mbarrier_wait(vacant + buffer, parity ^ 1);
            ptx::mbarrier_arrive_expect_tx(full + buffer, p.count[at] * 16);
            ptx::bulk_copy(shared + buffer * 256, (const uint4*)p.source + p.first[at], p.count[at] * 16, full + buffer);
        }
        ptx::mbarrier_wait(full + buffer, parity);
        for (int i = threadIdx.x; i < p.count[at]; i += blockDim.x) ((uint4*)p.output)[at * 256 + i] = landed[i];
        ptx::mbarrier_arrive(vacant + buffer);
    }
}
