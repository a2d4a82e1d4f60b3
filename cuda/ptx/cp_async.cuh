// Asynchronous copies from global to shared memory, 16 bytes each, both sides 16-byte aligned.
//
// A thread issues copies, closes them into a group with cp_async_commit, and cp_async_wait<N> returns when at most
// the N youngest of its groups are still under way. Other threads see the data after a barrier behind the wait. The
// software device lands the data at the wait and not before; until then the destination holds poison.
#pragma once
#include "ptx/device.cuh"

namespace ptx {

#ifdef __CUDACC__

// Copies 16 bytes, or writes 16 zero bytes without reading `global` when not `valid`.
__device__ __forceinline__ void cp_async_16(void* shared, const void* global, bool valid) {
    const uint32_t address = static_cast<uint32_t>(__cvta_generic_to_shared(shared));
    const int bytes = valid ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(__cvta_generic_to_global(global)), "r"(bytes)
                 : "memory");
}

__device__ __forceinline__ void cp_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

template <int N>
__device__ __forceinline__ void cp_async_wait() {
    asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory");
}

#else

inline void cp_async_16(void* shared, const void* global, bool valid, unsigned line = __builtin_LINE()) {
    softcuda::asyncCopy(shared, global, valid, line);
}

inline void cp_async_commit() { softcuda::asyncCommit(); }

template <int N>
inline void cp_async_wait() {
    static_assert(N >= 0, "the number of groups that may stay under way");
    softcuda::asyncWait(N);
}

#endif

}  // namespace ptx
