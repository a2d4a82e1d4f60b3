// What a launch hands over, checked and copied.
#pragma once
#include "softcuda/driver_module.h"

namespace softcuda::driver {

// Checks the shape against the device and the function, and copies the parameter struct, from kernelParams or from the
// buffer that `extra` describes.
CUresult makeKernel(Lock&, const CUDA_KERNEL_NODE_PARAMS& launch, const Context&, KernelWork* work);

// Blocks of this shape that a multiprocessor holds at once.
int residentBlocks(const Function&, const Device&, int blockSize, size_t dynamicShared);

}  // namespace softcuda::driver
