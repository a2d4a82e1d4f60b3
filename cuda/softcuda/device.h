// What a kernel's source sees when g++ compiles it: the CUDA C++ language on top of the engine.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "softcuda/device_types.h"
// The order matters: everything below uses the vector types and the thread's context.
#include "softcuda/device_context.h"
#include "softcuda/device_atomics.h"
#include "softcuda/device_math.h"
#include "softcuda/device_warp.h"
#include <cuda_fp16.h>

#define PARASOL_KERNEL(name, ParamsStruct, maxThreads)                                                           \
    static void name(const ParamsStruct& p);                                                                     \
    static const ::softcuda::KernelRegistrar name##_registrar{                                                   \
        {#name, [](const void* params) { name(*static_cast<const ParamsStruct*>(params)); }, sizeof(ParamsStruct), maxThreads, 0}}; \
    static void name([[maybe_unused]] const ParamsStruct& p)

#define PARASOL_DYNAMIC_SHARED(type, name) type* name = static_cast<type*>(::softcuda::currentBlock().dynamicShared)
#define PARASOL_DYNAMIC_SHARED_1024(type, name) PARASOL_DYNAMIC_SHARED(type, name)
