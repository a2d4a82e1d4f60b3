// Asynchronous copies from global to shared memory, 16 bytes each, both sides 16-byte aligned.
//
// A thread issues copies, closes them into a group with cp_async_commit, and cp_async_wait<N> returns when at most
// the N youngest of its groups are still under way. Other threads see the data after a barrier behind the wait. The
// software device lands the data at the wait and not before; until then the destination holds poison.
#pragma once
#include "ptx/device.cuh"

namespace ptx {

constexpr int CP_ASYNC_MOST_PENDING = 6;

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

// The same for a number that is known at run time only and the same in all threads, at most CP_ASYNC_MOST_PENDING: the instruction
// takes a constant.
__device__ __forceinline__ void cp_async_wait(int n) {
    switch (n) {
        case 0: cp_async_wait<0>(); break;
        case 1: cp_async_wait<1>(); break;
        case 2: cp_async_wait<2>(); break;
        case 3: cp_async_wait<3>(); break;
        case 4: cp_async_wait<4>(); break;
        case 5: cp_async_wait<5>(); break;
        default: cp_async_wait<6>();
    }
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

inline void cp_async_wait(int n) { softcuda::asyncWait(n < CP_ASYNC_MOST_PENDING ? n : CP_ASYNC_MOST_PENDING); }

#endif

}  // namespace ptx
