// Moves registers from one warpgroup to another (setmaxnreg, sm_90a): those that load give up registers, those that
// multiply wait until they are free. All 128 threads of a warpgroup call together; counts are multiples of 8 from 24
// to 256, and the block's threads must not want more than the 65536 registers of a multiprocessor in the end.
#pragma once
#include "ptx/device.cuh"

namespace ptx {

template <int COUNT>
__device__ __forceinline__ void setmaxnreg_inc(unsigned line = __builtin_LINE()) {
    static_assert(COUNT % 8 == 0 && COUNT >= 24 && COUNT <= 256, "a multiple of 8 from 24 to 256");
#ifdef __CUDACC__
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(COUNT));
#else
    softcuda::setRegisters(COUNT, line);
#endif
}

template <int COUNT>
__device__ __forceinline__ void setmaxnreg_dec(unsigned line = __builtin_LINE()) {
    static_assert(COUNT % 8 == 0 && COUNT >= 24 && COUNT <= 256, "a multiple of 8 from 24 to 256");
#ifdef __CUDACC__
    asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(COUNT));
#else
    softcuda::setRegisters(COUNT, line);
#endif
}

}  // namespace ptx
