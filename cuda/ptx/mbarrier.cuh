// Barriers in shared memory that count arrivals and the bytes of bulk copies (mbarrier, sm_90).
//
// A barrier begins in phase 0. A phase is over when `count` arrivals have come and as many bytes have been copied as
// were announced by expect_tx; the next one begins by itself. mbarrier_wait(parity) returns when the phase of that
// parity is over: 0 waits for phases 0, 2, ..., 1 for phases 1, 3, ... A fresh barrier therefore lets parity 1 pass.
// An arrival orders what its thread did before it, a wait what its thread does after it.
//
// One thread initialises and calls fence_mbarrier_init, and __syncthreads follows, before anyone uses the barrier.
// The software device fails the launch where a barrier is used wrongly, and when a wait can never end.
#pragma once
#include "ptx/device.cuh"

namespace ptx {

#ifdef __CUDACC__

__device__ __forceinline__ uint32_t shared_address(const void* shared) { return static_cast<uint32_t>(__cvta_generic_to_shared(shared)); }

__device__ __forceinline__ void mbarrier_init(uint64_t* barrier, uint32_t count) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)), "r"(count) : "memory");
}

// Makes initialised barriers known to bulk copies.
__device__ __forceinline__ void fence_mbarrier_init() { asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory"); }

__device__ __forceinline__ void mbarrier_arrive(uint64_t* barrier) {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(barrier)) : "memory");
}

// Announces bytes of the current phase, then arrives.
__device__ __forceinline__ void mbarrier_arrive_expect_tx(uint64_t* barrier, uint32_t bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)), "r"(bytes) : "memory");
}

__device__ __forceinline__ void mbarrier_wait(uint64_t* barrier, uint32_t parity) {
    const uint32_t address = shared_address(barrier);
    uint32_t over;
    do {
        asm volatile(
            "{\n"
            ".reg .pred over;\n"
            "mbarrier.try_wait.parity.shared::cta.b64 over, [%1], %2;\n"
            "selp.u32 %0, 1, 0, over;\n"
            "}"
            : "=r"(over)
            : "r"(address), "r"(parity)
            : "memory");
    } while (!over);
}

#else

inline void mbarrier_init(uint64_t* barrier, uint32_t count, unsigned line = __builtin_LINE()) { softcuda::barrierInit(barrier, count, line); }
inline void fence_mbarrier_init() { softcuda::barrierInitFence(); }
inline void mbarrier_arrive(uint64_t* barrier, unsigned line = __builtin_LINE()) { softcuda::barrierArrive(barrier, 0, line); }
inline void mbarrier_arrive_expect_tx(uint64_t* barrier, uint32_t bytes, unsigned line = __builtin_LINE()) {
    softcuda::barrierArrive(barrier, bytes, line);
}
inline void mbarrier_wait(uint64_t* barrier, uint32_t parity, unsigned line = __builtin_LINE()) { softcuda::barrierWait(barrier, parity, line); }

#endif

}  // namespace ptx
