// Contexts: the stack of current contexts of each thread, contexts of one's own and the devices' primary ones.
#include "softcuda/driver_api.h"
#include "softcuda/driver_capture.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_schedule.h"

namespace softcuda::driver {

namespace {

thread_local std::vector<std::shared_ptr<Context>> stack;

CUresult findDevice(CUdevice ordinal, Device** device) {
    auto& devices = state().devices;
    if (ordinal < 0 || size_t(ordinal) >= devices.size()) return CUDA_ERROR_INVALID_DEVICE;
    *device = devices[size_t(ordinal)].get();
    return CUDA_SUCCESS;
}

bool validFlags(unsigned flags) {
    unsigned schedule = flags & CU_CTX_SCHED_MASK;
    return (flags & ~CU_CTX_FLAGS_MASK) == 0 && (schedule <= 2 || schedule == 4);
}

CUresult live(Lock&, CUcontext handle, std::shared_ptr<Context>* context) {
    *context = state().contexts.find(handle);
    return *context ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

}  // namespace

const std::shared_ptr<Context>& current() {
    static const std::shared_ptr<Context>& none = *new std::shared_ptr<Context>;
    return stack.empty() ? none : stack.back();
}

}  // namespace softcuda::driver

using namespace softcuda::driver;

PARASOL_API CUresult cuCtxCreate_v2(CUcontext* out, unsigned flags, CUdevice ordinal) {
    PARASOL_ENTER(cuCtxCreate_v2, kDriver);
    if (!out || !validFlags(flags)) return CUDA_ERROR_INVALID_VALUE;
    Device* device;
    if (CUresult refused = findDevice(ordinal, &device)) return refused;
    Lock lock(state().mutex);
    stack.push_back(createContext(lock, *device, flags));
    *out = stack.back().get();
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxDestroy_v2(CUcontext handle) {
    PARASOL_ENTER(cuCtxDestroy_v2, kDriver);
    Lock lock(state().mutex);
    std::shared_ptr<Context> context;
    if (CUresult refused = live(lock, handle, &context)) return refused;
    if (context->primary) return CUDA_ERROR_INVALID_CONTEXT;
    destroyContext(lock, context);
    if (!stack.empty() && stack.back() == context) stack.pop_back();
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxPushCurrent_v2(CUcontext handle) {
    PARASOL_ENTER(cuCtxPushCurrent_v2, kDriver);
    Lock lock(state().mutex);
    std::shared_ptr<Context> context;
    if (CUresult refused = live(lock, handle, &context)) return refused;
    stack.push_back(context);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxPopCurrent_v2(CUcontext* out) {
    PARASOL_ENTER(cuCtxPopCurrent_v2, kDriver);
    if (stack.empty()) return CUDA_ERROR_INVALID_CONTEXT;
    if (out) *out = stack.back().get();
    stack.pop_back();
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxSetCurrent(CUcontext handle) {
    PARASOL_ENTER(cuCtxSetCurrent, kDriver);
    Lock lock(state().mutex);
    std::shared_ptr<Context> context;
    if (handle)
        if (CUresult refused = live(lock, handle, &context)) return refused;
    if (!stack.empty()) stack.pop_back();
    if (context) stack.push_back(context);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxGetCurrent(CUcontext* out) {
    PARASOL_ENTER(cuCtxGetCurrent, kDriver);
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    *out = current().get();
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxGetDevice(CUdevice* device) {
    PARASOL_ENTER(cuCtxGetDevice, kContext);
    if (!device) return CUDA_ERROR_INVALID_VALUE;
    *device = current()->device->ordinal;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxGetFlags(unsigned* flags) {
    PARASOL_ENTER(cuCtxGetFlags, kContext);
    if (!flags) return CUDA_ERROR_INVALID_VALUE;
    *flags = current()->flags;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxGetId(CUcontext handle, unsigned long long* id) {
    PARASOL_ENTER(cuCtxGetId, kContext);
    if (!id) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Context> context = current();
    if (handle)
        if (CUresult refused = live(lock, handle, &context)) return refused;
    *id = context->id;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxGetApiVersion(CUcontext handle, unsigned* version) {
    PARASOL_ENTER(cuCtxGetApiVersion, kDriver);
    if (!version) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Context> context;
    if (handle)
        if (CUresult refused = live(lock, handle, &context)) return refused;
    *version = 3020;  // what contexts made by cuCtxCreate_v2 report
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxSynchronize() {
    PARASOL_ENTER(cuCtxSynchronize, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Context> context = current();
    if (CUresult refused = refuseWhileCapturing(lock, *context)) return refused;
    return drain(lock, *context);
}

PARASOL_API CUresult cuCtxGetStreamPriorityRange(int* least, int* greatest) {
    PARASOL_ENTER(cuCtxGetStreamPriorityRange, kHealthy);
    if (least) *least = 0;
    if (greatest) *greatest = -5;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxSetLimit(int limit, size_t value) {
    PARASOL_ENTER(cuCtxSetLimit, kHealthy);
    if (limit < 0 || limit >= kLimits) return CUDA_ERROR_UNSUPPORTED_LIMIT;
    Lock lock(state().mutex);
    current()->limits[limit] = value;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxGetLimit(size_t* value, int limit) {
    PARASOL_ENTER(cuCtxGetLimit, kHealthy);
    if (!value) return CUDA_ERROR_INVALID_VALUE;
    if (limit < 0 || limit >= kLimits) return CUDA_ERROR_UNSUPPORTED_LIMIT;
    Lock lock(state().mutex);
    *value = current()->limits[limit];
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxSetCacheConfig(int config) {
    PARASOL_ENTER(cuCtxSetCacheConfig, kHealthy);
    if (config < 0 || config > 3) return CUDA_ERROR_INVALID_VALUE;
    current()->cacheConfig = config;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxGetCacheConfig(int* config) {
    PARASOL_ENTER(cuCtxGetCacheConfig, kHealthy);
    if (!config) return CUDA_ERROR_INVALID_VALUE;
    *config = current()->cacheConfig;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxSetSharedMemConfig(int config) {
    PARASOL_ENTER(cuCtxSetSharedMemConfig, kHealthy);
    if (config < 0 || config > 2) return CUDA_ERROR_INVALID_VALUE;
    current()->sharedConfig = config;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxGetSharedMemConfig(int* config) {
    PARASOL_ENTER(cuCtxGetSharedMemConfig, kHealthy);
    if (!config) return CUDA_ERROR_INVALID_VALUE;
    *config = current()->sharedConfig;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuCtxEnablePeerAccess(CUcontext handle, unsigned flags) {
    PARASOL_ENTER(cuCtxEnablePeerAccess, kHealthy);
    if (flags) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Context> peer;
    if (CUresult refused = live(lock, handle, &peer)) return refused;
    if (peer->device == current()->device) return CUDA_ERROR_INVALID_DEVICE;
    return current()->peers.insert(handle).second ? CUDA_SUCCESS : CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED;
}

PARASOL_API CUresult cuCtxDisablePeerAccess(CUcontext handle) {
    PARASOL_ENTER(cuCtxDisablePeerAccess, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Context> peer;
    if (CUresult refused = live(lock, handle, &peer)) return refused;
    return current()->peers.erase(handle) ? CUDA_SUCCESS : CUDA_ERROR_PEER_ACCESS_NOT_ENABLED;
}

PARASOL_API CUresult cuDevicePrimaryCtxRetain(CUcontext* out, CUdevice ordinal) {
    PARASOL_ENTER(cuDevicePrimaryCtxRetain, kDriver);
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    Device* device;
    if (CUresult refused = findDevice(ordinal, &device)) return refused;
    Lock lock(state().mutex);
    if (!device->primary) {
        device->primary = createContext(lock, *device, device->primaryFlags);
        device->primary->primary = true;
    }
    device->primaryUsers++;
    *out = device->primary.get();
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice ordinal) {
    PARASOL_ENTER(cuDevicePrimaryCtxRelease_v2, kDriver);
    Device* device;
    if (CUresult refused = findDevice(ordinal, &device)) return refused;
    Lock lock(state().mutex);
    if (device->primaryUsers == 0) return CUDA_ERROR_INVALID_CONTEXT;
    if (--device->primaryUsers == 0) {
        if (device->primary) destroyContext(lock, device->primary);
        device->primary.reset();
    }
    return CUDA_SUCCESS;
}

// What the context held is gone and so is its error. Those who retained it still have to release it, and get a new one
// from the next retain.
PARASOL_API CUresult cuDevicePrimaryCtxReset_v2(CUdevice ordinal) {
    PARASOL_ENTER(cuDevicePrimaryCtxReset_v2, kDriver);
    Device* device;
    if (CUresult refused = findDevice(ordinal, &device)) return refused;
    Lock lock(state().mutex);
    if (device->primary) destroyContext(lock, device->primary);
    device->primary.reset();
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice ordinal, unsigned flags) {
    PARASOL_ENTER(cuDevicePrimaryCtxSetFlags_v2, kDriver);
    if (!validFlags(flags)) return CUDA_ERROR_INVALID_VALUE;
    Device* device;
    if (CUresult refused = findDevice(ordinal, &device)) return refused;
    Lock lock(state().mutex);
    device->primaryFlags = flags;
    if (device->primary) device->primary->flags = flags;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDevicePrimaryCtxGetState(CUdevice ordinal, unsigned* flags, int* active) {
    PARASOL_ENTER(cuDevicePrimaryCtxGetState, kDriver);
    if (!flags || !active) return CUDA_ERROR_INVALID_VALUE;
    Device* device;
    if (CUresult refused = findDevice(ordinal, &device)) return refused;
    Lock lock(state().mutex);
    *flags = device->primaryFlags;
    *active = device->primary != nullptr;
    return CUDA_SUCCESS;
}
