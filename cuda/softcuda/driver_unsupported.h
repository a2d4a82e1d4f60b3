#pragma once
#include "softcuda/driver_types.h"

namespace softcuda::driver {

// CUDA_ERROR_NOT_SUPPORTED, with a line on stderr that names what was asked for.
CUresult unsupported(const char* what);

}  // namespace softcuda::driver
