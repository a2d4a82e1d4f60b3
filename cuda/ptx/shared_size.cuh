// How much dynamic shared memory the running block was launched with, in bytes: a kernel whose ring of buffers takes what
// there is needs no other argument for its depth.
#pragma once
#include "ptx/device.cuh"

namespace ptx {

#ifdef __CUDACC__

__device__ __forceinline__ int dynamic_shared_bytes() {
    int bytes;
    asm("mov.u32 %0, %%dynamic_smem_size;" : "=r"(bytes));
    return bytes;
}

#else

inline int dynamic_shared_bytes() { return static_cast<int>(softcuda::currentBlock().dynamicSharedBytes); }

#endif

}  // namespace ptx
