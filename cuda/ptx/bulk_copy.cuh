// Bulk copies from global to shared memory (cp.async.bulk, sm_90) and the fence between ordinary writes and the units
// that read shared memory on their own.
#pragma once
#include "ptx/mbarrier.cuh"

namespace ptx {

#ifdef __CUDACC__

// One thread starts the copy of `bytes`, which `barrier` counts when they have arrived. Addresses and bytes are
// multiples of 16.
__device__ __forceinline__ void bulk_copy(void* shared, const void* global, uint32_t bytes, uint64_t* barrier) {
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(shared_address(shared)),
                 "l"(__cvta_generic_to_global(global)), "r"(bytes), "r"(shared_address(barrier))
                 : "memory");
}

// What this thread has written to shared memory by ordinary stores, or by cp.async after its wait, becomes visible to
// wgmma and bulk copies; others learn of it by a barrier behind the fence.
__device__ __forceinline__ void fence_proxy_async() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

#else

// The bytes land when the barrier's phase is over and someone waits for it; until then the destination holds poison.
inline void bulk_copy(void* shared, const void* global, uint32_t bytes, uint64_t* barrier, unsigned line = __builtin_LINE()) {
    softcuda::bulkCopy(shared, global, bytes, barrier, line);
}

inline void fence_proxy_async() { softcuda::proxyFence(); }

#endif

}  // namespace ptx
