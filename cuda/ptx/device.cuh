// The dialect in which Parasol's kernels are written: CUDA C++ for nvcc, and the same source for g++ on the
// software device. Only this folder and softcuda/ know which compiler is at work.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __CUDACC__
#include <cuda_fp16.h>

// A kernel takes one struct by value, named `p` in its body; maxThreads bounds the threads of a block.
#define PARASOL_KERNEL(name, ParamsStruct, maxThreads) \
    extern "C" __global__ void __launch_bounds__(maxThreads) name(const __grid_constant__ ParamsStruct p)

// Declares `type* name`, the block's dynamic shared memory, 128-byte aligned.
#define PARASOL_DYNAMIC_SHARED(type, name)                                   \
    extern __shared__ __align__(128) unsigned char parasol_dynamic_shared[]; \
    type* name = reinterpret_cast<type*>(parasol_dynamic_shared)

// The same at a multiple of 1024 bytes, where the swizzle patterns of wgmma begin.
#define PARASOL_DYNAMIC_SHARED_1024(type, name)                                        \
    extern __shared__ __align__(1024) unsigned char parasol_dynamic_shared_1024[]; \
    type* name = reinterpret_cast<type*>(parasol_dynamic_shared_1024)
#else
#include "softcuda/device.h"
#endif
