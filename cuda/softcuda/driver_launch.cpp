// Kernel launches.
#include "softcuda/driver_launch.h"
#include "softcuda/driver_api.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_schedule.h"
#include "softcuda/driver_unsupported.h"

namespace softcuda::driver {

namespace {

constexpr unsigned kMaxGridYZ = 65535, kMaxGridX = 0x7FFFFFFF, kMaxBlockXY = 1024, kMaxBlockZ = 64;
constexpr uint64_t kMaxThreads = 1024;

bool shapeAllowed(const CUDA_KERNEL_NODE_PARAMS& l) {
    if (!l.gridDimX || !l.gridDimY || !l.gridDimZ || !l.blockDimX || !l.blockDimY || !l.blockDimZ) return false;
    if (l.gridDimX > kMaxGridX || l.gridDimY > kMaxGridYZ || l.gridDimZ > kMaxGridYZ) return false;
    if (l.blockDimX > kMaxBlockXY || l.blockDimY > kMaxBlockXY || l.blockDimZ > kMaxBlockZ) return false;
    return uint64_t(l.blockDimX) * l.blockDimY * l.blockDimZ <= kMaxThreads;
}

CUresult parametersOf(const CUDA_KERNEL_NODE_PARAMS& l, size_t bytes, Parameters* parameters) {
    if (l.kernelParams && l.extra) return CUDA_ERROR_INVALID_VALUE;
    if (bytes == 0) return CUDA_SUCCESS;
    const void* source = nullptr;
    if (l.kernelParams) {
        source = l.kernelParams[0];
    } else if (l.extra) {
        size_t size = 0;
        for (void** option = l.extra; reinterpret_cast<uintptr_t>(*option) != kLaunchParamEnd; option += 2) {
            if (reinterpret_cast<uintptr_t>(*option) == kLaunchParamBufferPointer) source = option[1];
            else if (reinterpret_cast<uintptr_t>(*option) == kLaunchParamBufferSize && option[1]) size = *static_cast<size_t*>(option[1]);
            else return CUDA_ERROR_INVALID_VALUE;
        }
        if (size != bytes) return CUDA_ERROR_INVALID_VALUE;
    }
    if (!source) return CUDA_ERROR_INVALID_VALUE;
    *parameters = Parameters(source, bytes);
    return CUDA_SUCCESS;
}

CUresult launchInto(CUstream handle, const CUDA_KERNEL_NODE_PARAMS& shape, bool cooperative) {
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    KernelWork work;
    if (CUresult refused = makeKernel(lock, shape, *stream->context, &work)) return refused;
    if (cooperative) {
        const Device& device = *stream->context->device;
        uint64_t blocks = uint64_t(shape.gridDimX) * shape.gridDimY * shape.gridDimZ;
        int threads = int(shape.blockDimX * shape.blockDimY * shape.blockDimZ);
        if (blocks > uint64_t(residentBlocks(*work.function, device, threads, shape.sharedMemBytes)) * kMultiprocessors) return CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE;
    }
    return submit(lock, stream, std::move(work));
}

}  // namespace

CUresult makeKernel(Lock&, const CUDA_KERNEL_NODE_PARAMS& l, const Context& context, KernelWork* work) {
    std::shared_ptr<Function> function = state().functions.find(l.func);
    if (!function || function->module->context.get() != &context) return CUDA_ERROR_INVALID_HANDLE;
    if (l.kern || !shapeAllowed(l)) return CUDA_ERROR_INVALID_VALUE;
    uint64_t threads = uint64_t(l.blockDimX) * l.blockDimY * l.blockDimZ;
    if (threads > uint64_t(function->entry->maxThreads)) return CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
    if (l.sharedMemBytes > unsigned(function->maxDynamicShared)) return CUDA_ERROR_INVALID_VALUE;
    if (l.sharedMemBytes + function->entry->staticShared > size_t(sharedPerBlockOptin(*context.device))) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult refused = parametersOf(l, function->entry->paramBytes, &work->parameters)) return refused;
    work->function = function;
    work->config.grid = {l.gridDimX, l.gridDimY, l.gridDimZ};
    work->config.block = {l.blockDimX, l.blockDimY, l.blockDimZ};
    work->config.dynamicShared = l.sharedMemBytes;
    return CUDA_SUCCESS;
}

}  // namespace softcuda::driver

using namespace softcuda::driver;

PARASOL_API CUresult cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY, unsigned blockZ,
                                    unsigned sharedBytes, CUstream stream, void** kernelParams, void** extra) {
    PARASOL_ENTER(cuLaunchKernel, kHealthy);
    return launchInto(stream, {function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, kernelParams, extra, nullptr, nullptr}, false);
}

PARASOL_API CUresult cuLaunchCooperativeKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                                               unsigned blockZ, unsigned sharedBytes, CUstream stream, void** kernelParams) {
    PARASOL_ENTER(cuLaunchCooperativeKernel, kHealthy);
    return launchInto(stream, {function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, kernelParams, nullptr, nullptr, nullptr}, true);
}

// Of the attributes, those that only hint are taken; clusters of more than one block are not supported.
PARASOL_API CUresult cuLaunchKernelEx(const CUlaunchConfig* config, CUfunction function, void** kernelParams, void** extra) {
    PARASOL_ENTER(cuLaunchKernelEx, kHealthy);
    if (!config || (config->numAttrs > 0 && !config->attrs)) return CUDA_ERROR_INVALID_VALUE;
    bool cooperative = false;
    for (unsigned i = 0; i < config->numAttrs; i++) {
        const CUlaunchAttribute& attribute = config->attrs[i];
        if (attribute.id == CU_LAUNCH_ATTRIBUTE_COOPERATIVE) cooperative = attribute.value.cooperative != 0;
        if (attribute.id != CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION) continue;
        const auto& cluster = attribute.value.clusterDim;
        if (cluster.x != 1 || cluster.y != 1 || cluster.z != 1) return unsupported("cuLaunchKernelEx with clusters");
    }
    return launchInto(config->hStream, {function, config->gridDimX, config->gridDimY, config->gridDimZ, config->blockDimX, config->blockDimY,
                                        config->blockDimZ, config->sharedMemBytes, kernelParams, extra, nullptr, nullptr}, cooperative);
}
