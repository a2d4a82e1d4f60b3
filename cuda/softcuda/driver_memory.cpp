// Plain device memory, pinned host memory, and questions about addresses.
#include "softcuda/driver_api.h"
#include "softcuda/driver_capture.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_memory_table.h"
#include "softcuda/driver_schedule.h"

using namespace softcuda::driver;

namespace {

using Exclusive = std::unique_lock<std::shared_mutex>;
using Shared = std::shared_lock<std::shared_mutex>;

constexpr size_t kPitch = 512;

MemoryTable& memory() { return MemoryTable::instance(); }

CUresult allocate(size_t bytes, BlockKind kind, unsigned flags, uintptr_t* base) {
    if (bytes == 0) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    if (CUresult refused = refuseUnsafe(lock)) return refused;
    Exclusive table(memory().mutex);
    return memory().allocate(current(), bytes, kind, flags, base);
}

// As on a GPU, freeing waits for the work of the block's context.
CUresult free(uintptr_t base, BlockKind kind) {
    Lock lock(state().mutex);
    if (CUresult refused = refuseUnsafe(lock)) return refused;
    auto owned = [&] {
        auto found = memory().blocks.find(base);
        return found != memory().blocks.end() && found->second.kind == kind ? found->second.context : nullptr;
    };
    std::shared_ptr<Context> context;
    {
        Shared table(memory().mutex);
        context = owned();
    }
    if (!context) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult failed = drain(lock, *context)) return failed;
    Exclusive table(memory().mutex);
    if (owned() != context) return CUDA_ERROR_INVALID_VALUE;  // another thread was quicker
    memory().release(base);
    return CUDA_SUCCESS;
}

CUresult allocateHost(void** out, size_t bytes, unsigned flags) {
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    uintptr_t base;
    if (CUresult refused = allocate(bytes, BlockKind::kPinned, flags, &base)) return refused;
    *out = reinterpret_cast<void*>(base);
    return CUDA_SUCCESS;
}

template <class T>
CUresult answer(void* out, T value) {
    *static_cast<T*>(out) = value;
    return CUDA_SUCCESS;
}

CUresult attribute(void* out, int attribute, CUdeviceptr address) {
    Shared table(memory().mutex);
    const Block* block = memory().find(address);
    const Mapping* mapping = block ? nullptr : memory().mapping(address);
    if (!block && !mapping) return CUDA_ERROR_INVALID_VALUE;
    bool host = block && block->kind != BlockKind::kDevice;
    switch (attribute) {
        case CU_POINTER_ATTRIBUTE_CONTEXT: return block ? answer(out, block->context.get()) : CUDA_ERROR_INVALID_VALUE;
        case CU_POINTER_ATTRIBUTE_MEMORY_TYPE: return answer(out, unsigned(host ? CU_MEMORYTYPE_HOST : CU_MEMORYTYPE_DEVICE));
        case CU_POINTER_ATTRIBUTE_DEVICE_POINTER: return answer(out, address);
        case CU_POINTER_ATTRIBUTE_HOST_POINTER: return host ? answer(out, address) : CUDA_ERROR_INVALID_VALUE;
        case CU_POINTER_ATTRIBUTE_SYNC_MEMOPS: case CU_POINTER_ATTRIBUTE_IS_MANAGED: return answer(out, false);
        case CU_POINTER_ATTRIBUTE_BUFFER_ID: return answer(out, block ? block->id : mapping->handle);
        case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL: return answer(out, block ? block->device->ordinal : memory().handles.at(mapping->handle).device->ordinal);
        case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR: return answer(out, CUdeviceptr(block ? block->base : mapping->base));
        case CU_POINTER_ATTRIBUTE_RANGE_SIZE: return answer(out, block ? block->size : mapping->size);
        case CU_POINTER_ATTRIBUTE_MAPPED: return answer(out, true);
        default: return CUDA_ERROR_NOT_SUPPORTED;
    }
}

}  // namespace

PARASOL_API CUresult cuMemGetInfo_v2(size_t* available, size_t* total) {
    PARASOL_ENTER(cuMemGetInfo_v2, kHealthy);
    const Device& device = *current()->device;
    if (available) *available = device.memory - device.used;
    if (total) *total = device.memory;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemAlloc_v2(CUdeviceptr* out, size_t bytes) {
    PARASOL_ENTER(cuMemAlloc_v2, kHealthy);
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    uintptr_t base;
    if (CUresult refused = allocate(bytes, BlockKind::kDevice, 0, &base)) return refused;
    *out = base;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemAllocPitch_v2(CUdeviceptr* out, size_t* pitch, size_t width, size_t height, unsigned elementBytes) {
    PARASOL_ENTER(cuMemAllocPitch_v2, kHealthy);
    if (!out || !pitch || (elementBytes != 4 && elementBytes != 8 && elementBytes != 16) || width > SIZE_MAX / 4) return CUDA_ERROR_INVALID_VALUE;
    size_t padded = (width + kPitch - 1) / kPitch * kPitch;
    if (padded && height > SIZE_MAX / 2 / padded) return CUDA_ERROR_OUT_OF_MEMORY;
    uintptr_t base;
    if (CUresult refused = allocate(padded * height, BlockKind::kDevice, 0, &base)) return refused;
    *out = base;
    *pitch = padded;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemFree_v2(CUdeviceptr address) {
    PARASOL_ENTER(cuMemFree_v2, kHealthy);
    return free(address, BlockKind::kDevice);
}

// Memory is there at once; freeing takes its turn in the stream. When memory is short, pending frees are waited for.
PARASOL_API CUresult cuMemAllocAsync(CUdeviceptr* out, size_t bytes, CUstream handle) {
    PARASOL_ENTER(cuMemAllocAsync, kHealthy);
    if (!out || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult refused = refuseCaptured(lock, *stream)) return refused;
    uintptr_t base = 0;
    auto attempt = [&] {
        Exclusive table(memory().mutex);
        return memory().allocate(stream->context, bytes, BlockKind::kDevice, 0, &base);
    };
    CUresult result = attempt();
    if (result == CUDA_ERROR_OUT_OF_MEMORY) {
        if (CUresult failed = drain(lock, *stream->context)) return failed;
        result = attempt();
    }
    if (result == CUDA_SUCCESS) *out = base;
    return result;
}

PARASOL_API CUresult cuMemFreeAsync(CUdeviceptr address, CUstream handle) {
    PARASOL_ENTER(cuMemFreeAsync, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult refused = refuseCaptured(lock, *stream)) return refused;
    {
        Shared table(memory().mutex);
        auto found = memory().blocks.find(address);
        if (found == memory().blocks.end() || found->second.kind != BlockKind::kDevice) return CUDA_ERROR_INVALID_VALUE;
    }
    return submit(lock, stream, FreeWork{address});
}

PARASOL_API CUresult cuMemGetAddressRange_v2(CUdeviceptr* base, size_t* size, CUdeviceptr address) {
    PARASOL_ENTER(cuMemGetAddressRange_v2, kHealthy);
    Shared table(memory().mutex);
    const Block* block = memory().find(address);
    const Mapping* mapping = block ? nullptr : memory().mapping(address);
    if (!block && !mapping) return CUDA_ERROR_NOT_FOUND;
    if (base) *base = block ? block->base : mapping->base;
    if (size) *size = block ? block->size : mapping->size;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemAllocHost_v2(void** out, size_t bytes) {
    PARASOL_ENTER(cuMemAllocHost_v2, kHealthy);
    return allocateHost(out, bytes, CU_MEMHOSTALLOC_DEVICEMAP);
}

PARASOL_API CUresult cuMemHostAlloc(void** out, size_t bytes, unsigned flags) {
    PARASOL_ENTER(cuMemHostAlloc, kHealthy);
    if (flags > (CU_MEMHOSTALLOC_PORTABLE | CU_MEMHOSTALLOC_DEVICEMAP | CU_MEMHOSTALLOC_WRITECOMBINED)) return CUDA_ERROR_INVALID_VALUE;
    return allocateHost(out, bytes, flags);
}

PARASOL_API CUresult cuMemFreeHost(void* address) {
    PARASOL_ENTER(cuMemFreeHost, kHealthy);
    return free(reinterpret_cast<uintptr_t>(address), BlockKind::kPinned);
}

PARASOL_API CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr* out, void* address, unsigned flags) {
    PARASOL_ENTER(cuMemHostGetDevicePointer_v2, kHealthy);
    if (!out || flags) return CUDA_ERROR_INVALID_VALUE;
    Shared table(memory().mutex);
    const Block* block = memory().find(reinterpret_cast<uintptr_t>(address));
    if (!block || block->kind == BlockKind::kDevice) return CUDA_ERROR_INVALID_VALUE;
    *out = reinterpret_cast<uintptr_t>(address);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemHostGetFlags(unsigned* flags, void* address) {
    PARASOL_ENTER(cuMemHostGetFlags, kHealthy);
    Shared table(memory().mutex);
    const Block* block = memory().find(reinterpret_cast<uintptr_t>(address));
    if (!flags || !block || block->kind != BlockKind::kPinned) return CUDA_ERROR_INVALID_VALUE;
    *flags = block->flags;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemHostRegister_v2(void* address, size_t bytes, unsigned flags) {
    PARASOL_ENTER(cuMemHostRegister_v2, kHealthy);
    if (!address || bytes == 0 || flags > 3) return CUDA_ERROR_INVALID_VALUE;  // portable, device map
    Lock lock(state().mutex);
    if (CUresult refused = refuseUnsafe(lock)) return refused;
    Exclusive table(memory().mutex);
    return memory().registerHost(current(), reinterpret_cast<uintptr_t>(address), bytes, flags);
}

PARASOL_API CUresult cuMemHostUnregister(void* address) {
    PARASOL_ENTER(cuMemHostUnregister, kHealthy);
    CUresult result = free(reinterpret_cast<uintptr_t>(address), BlockKind::kRegistered);
    return result == CUDA_ERROR_INVALID_VALUE ? CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED : result;
}

PARASOL_API CUresult cuPointerGetAttribute(void* out, int number, CUdeviceptr address) {
    PARASOL_ENTER(cuPointerGetAttribute, kHealthy);
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    return attribute(out, number, address);
}

// What an address has no answer for is left as it is.
PARASOL_API CUresult cuPointerGetAttributes(unsigned count, int* numbers, void** out, CUdeviceptr address) {
    PARASOL_ENTER(cuPointerGetAttributes, kHealthy);
    if (!numbers || !out) return CUDA_ERROR_INVALID_VALUE;
    for (unsigned i = 0; i < count; i++) attribute(out[i], numbers[i], address);
    return CUDA_SUCCESS;
}
