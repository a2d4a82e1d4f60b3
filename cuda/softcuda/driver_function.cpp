// Functions: attributes, shared memory limits, occupancy.
#include "softcuda/driver_api.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_launch.h"

namespace softcuda::driver {

int residentBlocks(const Function& function, const Device& device, int blockSize, size_t dynamicShared) {
    constexpr int kThreads = 2048, kBlocks = 32, kWarp = 32, kReservedShared = 1024;
    int threads = (blockSize + kWarp - 1) / kWarp * kWarp;
    size_t shared = function.entry->staticShared + dynamicShared + kReservedShared;
    int byThreads = std::min(kBlocks, kThreads / threads);
    return std::min(byThreads, int(size_t(sharedPerMultiprocessor(device)) / shared));
}

}  // namespace softcuda::driver

using namespace softcuda::driver;

namespace {

// The software device has no registers to count and no local memory.
CUresult attribute(const Function& function, int number, int* value) {
    const Device& device = *function.module->context->device;
    switch (number) {
        case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK: *value = function.entry->maxThreads; break;
        case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES: *value = int(function.entry->staticShared); break;
        case CU_FUNC_ATTRIBUTE_PTX_VERSION: *value = function.ptxVersion; break;
        case CU_FUNC_ATTRIBUTE_BINARY_VERSION: *value = device.major * 10 + device.minor; break;
        case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES: *value = function.maxDynamicShared; break;
        case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT: *value = function.carveout; break;
        default:
            if (number < 0 || number > 15) return CUDA_ERROR_INVALID_VALUE;
            *value = 0;
    }
    return CUDA_SUCCESS;
}

CUresult occupancy(int* blocks, CUfunction handle, int blockSize, size_t dynamicShared) {
    if (!blocks || blockSize <= 0) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Function> function = state().functions.find(handle);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    bool fits = blockSize <= function->entry->maxThreads && dynamicShared <= size_t(function->maxDynamicShared);
    *blocks = fits ? residentBlocks(*function, *current()->device, blockSize, dynamicShared) : 0;
    return CUDA_SUCCESS;
}

// The block size with the most resident threads, the largest of them.
CUresult potential(int* minGrid, int* blockSize, CUfunction handle, CUoccupancyB2DSize sharedOf, size_t dynamicShared, int limit) {
    if (!minGrid || !blockSize) return CUDA_ERROR_INVALID_VALUE;
    std::shared_ptr<Function> function;
    {
        Lock lock(state().mutex);
        function = state().functions.find(handle);
    }
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    int most = function->entry->maxThreads, best = 0;
    if (limit > 0) most = std::min(most, limit);
    for (int size = most; size > 0; size = (size - 1) / 32 * 32) {
        int blocks = residentBlocks(*function, *current()->device, size, sharedOf ? sharedOf(size) : dynamicShared);
        if (blocks * size <= best) continue;
        best = blocks * size;
        *blockSize = size;
        *minGrid = blocks * kMultiprocessors;
    }
    return best > 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

}  // namespace

PARASOL_API CUresult cuFuncGetAttribute(int* value, int number, CUfunction handle) {
    PARASOL_ENTER(cuFuncGetAttribute, kHealthy);
    if (!value) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Function> function = state().functions.find(handle);
    return function ? attribute(*function, number, value) : CUDA_ERROR_INVALID_HANDLE;
}

// Every kernel takes one struct by value.
PARASOL_API CUresult cuFuncGetParamInfo(CUfunction handle, size_t index, size_t* offset, size_t* bytes) {
    PARASOL_ENTER(cuFuncGetParamInfo, kHealthy);
    if (!offset || index > 0) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Function> function = state().functions.find(handle);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    *offset = 0;
    if (bytes) *bytes = function->entry->paramBytes;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuFuncSetAttribute(CUfunction handle, int number, int value) {
    PARASOL_ENTER(cuFuncSetAttribute, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Function> function = state().functions.find(handle);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    if (number == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES) {
        int most = sharedPerBlockOptin(*function->module->context->device) - int(function->entry->staticShared);
        if (value < 0 || value > most) return CUDA_ERROR_INVALID_VALUE;
        function->maxDynamicShared = value;
        return CUDA_SUCCESS;
    }
    if (number != CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT || value < -1 || value > 100) return CUDA_ERROR_INVALID_VALUE;
    function->carveout = value;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuFuncSetCacheConfig(CUfunction handle, int config) {
    PARASOL_ENTER(cuFuncSetCacheConfig, kHealthy);
    Lock lock(state().mutex);
    if (!state().functions.find(handle)) return CUDA_ERROR_INVALID_HANDLE;
    return config < 0 || config > 3 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

PARASOL_API CUresult cuFuncSetSharedMemConfig(CUfunction handle, int config) {
    PARASOL_ENTER(cuFuncSetSharedMemConfig, kHealthy);
    Lock lock(state().mutex);
    if (!state().functions.find(handle)) return CUDA_ERROR_INVALID_HANDLE;
    return config < 0 || config > 2 ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

PARASOL_API CUresult cuFuncGetModule(CUmodule* out, CUfunction handle) {
    PARASOL_ENTER(cuFuncGetModule, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Function> function = state().functions.find(handle);
    if (!out || !function) return CUDA_ERROR_INVALID_VALUE;
    *out = function->module;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction function, int blockSize, size_t dynamicShared) {
    PARASOL_ENTER(cuOccupancyMaxActiveBlocksPerMultiprocessor, kHealthy);
    return occupancy(blocks, function, blockSize, dynamicShared);
}

PARASOL_API CUresult cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, CUfunction function, int blockSize, size_t dynamicShared, unsigned flags) {
    PARASOL_ENTER(cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags, kHealthy);
    return flags > 1 ? CUDA_ERROR_INVALID_VALUE : occupancy(blocks, function, blockSize, dynamicShared);
}

PARASOL_API CUresult cuOccupancyMaxPotentialBlockSize(int* minGrid, int* blockSize, CUfunction function, CUoccupancyB2DSize sharedOf, size_t dynamicShared, int limit) {
    PARASOL_ENTER(cuOccupancyMaxPotentialBlockSize, kHealthy);
    return potential(minGrid, blockSize, function, sharedOf, dynamicShared, limit);
}

PARASOL_API CUresult cuOccupancyMaxPotentialBlockSizeWithFlags(int* minGrid, int* blockSize, CUfunction function, CUoccupancyB2DSize sharedOf, size_t dynamicShared, int limit, unsigned flags) {
    PARASOL_ENTER(cuOccupancyMaxPotentialBlockSizeWithFlags, kHealthy);
    return flags > 1 ? CUDA_ERROR_INVALID_VALUE : potential(minGrid, blockSize, function, sharedOf, dynamicShared, limit);
}

PARASOL_API CUresult cuOccupancyAvailableDynamicSMemPerBlock(size_t* bytes, CUfunction handle, int blocks, int blockSize) {
    PARASOL_ENTER(cuOccupancyAvailableDynamicSMemPerBlock, kHealthy);
    if (!bytes || blocks <= 0 || blockSize <= 0) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Function> function = state().functions.find(handle);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    int used = int(function->entry->staticShared) + 1024;  // a kibibyte of each block is the system's
    int share = sharedPerMultiprocessor(*current()->device) / blocks;
    *bytes = size_t(std::clamp(share - used, 0, sharedPerBlockOptin(*current()->device) - int(function->entry->staticShared)));
    return CUDA_SUCCESS;
}
