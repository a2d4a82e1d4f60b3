// Copies. All of them are described by one struct, CUDA_MEMCPY3D; a plain copy is one row.
#include "softcuda/driver_api.h"
#include "softcuda/driver_capture.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_memory_table.h"
#include "softcuda/driver_schedule.h"

using namespace softcuda::driver;

namespace {

enum class Wait { kYes, kNo };

CUDA_MEMCPY3D row(unsigned targetType, CUdeviceptr target, unsigned sourceType, CUdeviceptr source, size_t bytes) {
    CUDA_MEMCPY3D shape{};
    shape.dstMemoryType = targetType, shape.srcMemoryType = sourceType;
    shape.dstDevice = target, shape.dstHost = reinterpret_cast<void*>(target);
    shape.srcDevice = source, shape.srcHost = reinterpret_cast<void*>(source);
    shape.WidthInBytes = bytes, shape.Height = 1, shape.Depth = 1;
    return shape;
}

CUDA_MEMCPY3D plane(const CUDA_MEMCPY2D& s) {
    CUDA_MEMCPY3D shape{};
    shape.srcXInBytes = s.srcXInBytes, shape.srcY = s.srcY, shape.srcMemoryType = s.srcMemoryType, shape.srcHost = s.srcHost;
    shape.srcDevice = s.srcDevice, shape.srcArray = s.srcArray, shape.srcPitch = s.srcPitch;
    shape.dstXInBytes = s.dstXInBytes, shape.dstY = s.dstY, shape.dstMemoryType = s.dstMemoryType, shape.dstHost = s.dstHost;
    shape.dstDevice = s.dstDevice, shape.dstArray = s.dstArray, shape.dstPitch = s.dstPitch;
    shape.WidthInBytes = s.WidthInBytes, shape.Height = s.Height, shape.Depth = 1;
    return shape;
}

// The pinned block a host-side address lies in; empty for pageable memory. Only the base and size may be used.
Block pinned(unsigned type, const void* address) {
    MemoryTable& memory = MemoryTable::instance();
    std::shared_lock<std::shared_mutex> table(memory.mutex);
    const Block* block = type == CU_MEMORYTYPE_HOST ? memory.find(reinterpret_cast<uintptr_t>(address)) : nullptr;
    return block ? *block : Block{};
}

bool single(const CUDA_MEMCPY3D& s) { return s.Height == 1 && s.Depth == 1 && s.srcXInBytes + s.srcY + s.srcZ + s.dstXInBytes + s.dstY + s.dstZ == 0; }

// Whether this work, still in a queue, may touch the block, so that its bytes must not change before.
bool mayTouch(const Work& work, const Block& block) {
    auto inside = [&](uintptr_t address) { return address - block.base < block.size; };
    if (auto* copy = std::get_if<CopyWork>(&work))
        return inside(reinterpret_cast<uintptr_t>(copy->shape.srcHost)) || inside(reinterpret_cast<uintptr_t>(copy->shape.dstHost))
            || inside(copy->shape.srcDevice) || inside(copy->shape.dstDevice);
    if (auto* kernel = std::get_if<KernelWork>(&work)) {
        bool found = false;
        kernel->parameters.words([&](uintptr_t word) { found = found || inside(word); });
        return found;
    }
    if (auto* fill = std::get_if<FillWork>(&work)) return inside(fill->shape.dst);
    return std::holds_alternative<HostWork>(work) || std::holds_alternative<CallbackWork>(work) || std::holds_alternative<ChildWork>(work);
}

// The destination of a copy to the host is undefined until the copy has been waited for: it is poisoned, so that
// reading it too early shows, unless queued work may still want what is there.
void poisonTarget(Lock&, const CUDA_MEMCPY3D& shape, const Block& block) {
    for (const auto& stream : state().allStreams) {
        if (stream->busy) return;
        for (const Operation& operation : stream->pending)
            if (mayTouch(*operation.work, block)) return;
    }
    if (single(shape)) std::fill_n(static_cast<unsigned char*>(shape.dstHost), shape.WidthInBytes, kPoison);
}

// A copy from pageable memory reads its source before it returns, one to pageable memory is finished when it returns.
CUresult copy(const CUDA_MEMCPY3D& shape, CUstream handle, Wait wait) {
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult refused = checkCopy(shape, *stream->context)) return refused;
    if (stream->capture) return submit(lock, stream, CopyWork{shape, nullptr});
    Block source = pinned(shape.srcMemoryType, shape.srcHost), target = pinned(shape.dstMemoryType, shape.dstHost);
    CopyWork work{shape, nullptr};
    if (wait == Wait::kNo && shape.srcMemoryType == CU_MEMORYTYPE_HOST && !source.size && single(shape)) {
        const char* bytes = static_cast<const char*>(shape.srcHost);
        work.staged = std::make_shared<const std::vector<char>>(bytes, bytes + shape.WidthInBytes);
    }
    if (wait == Wait::kNo && target.size) poisonTarget(lock, shape, target);
    bool pageable = (shape.srcMemoryType == CU_MEMORYTYPE_HOST && !source.size && !work.staged) || (shape.dstMemoryType == CU_MEMORYTYPE_HOST && !target.size);
    if (CUresult refused = submit(lock, stream, std::move(work))) return refused;
    return wait == Wait::kYes || pageable ? finish(lock, stream, stream->issued) : CUDA_SUCCESS;
}

// Between device memory even the synchronous call only queues, on a GPU as here.
CUresult copyAcross(const CUDA_MEMCPY3D& shape) {
    bool host = shape.srcMemoryType == CU_MEMORYTYPE_HOST || shape.dstMemoryType == CU_MEMORYTYPE_HOST;
    return copy(shape, nullptr, host ? Wait::kYes : Wait::kNo);
}

CUdeviceptr address(const void* host) { return reinterpret_cast<CUdeviceptr>(host); }

CUresult checkPeer(CUcontext target, CUcontext source) {
    Lock lock(state().mutex);
    return state().contexts.find(target) && state().contexts.find(source) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

CUresult checkPeer(const CUDA_MEMCPY3D* shape) {
    if (!shape) return CUDA_ERROR_INVALID_VALUE;
    return checkPeer(static_cast<CUcontext>(shape->reserved1), static_cast<CUcontext>(shape->reserved0));
}

CUDA_MEMCPY3D hostToDevice(CUdeviceptr target, const void* source, size_t n) { return row(CU_MEMORYTYPE_DEVICE, target, CU_MEMORYTYPE_HOST, address(source), n); }
CUDA_MEMCPY3D deviceToHost(void* target, CUdeviceptr source, size_t n) { return row(CU_MEMORYTYPE_HOST, address(target), CU_MEMORYTYPE_DEVICE, source, n); }
CUDA_MEMCPY3D onDevice(CUdeviceptr target, CUdeviceptr source, size_t n) { return row(CU_MEMORYTYPE_DEVICE, target, CU_MEMORYTYPE_DEVICE, source, n); }

// For addresses that may be of either kind: what is in no table is host memory.
CUDA_MEMCPY3D unified(CUdeviceptr target, CUdeviceptr source, size_t n) {
    MemoryTable& memory = MemoryTable::instance();
    std::shared_lock<std::shared_mutex> table(memory.mutex);
    auto type = [&](CUdeviceptr at) {
        const Block* block = memory.find(at);
        return (block && block->kind == BlockKind::kDevice) || memory.mapping(at) ? unsigned(CU_MEMORYTYPE_DEVICE) : unsigned(CU_MEMORYTYPE_HOST);
    };
    return row(type(target), target, type(source), source, n);
}

}  // namespace

PARASOL_API CUresult cuMemcpy(CUdeviceptr target, CUdeviceptr source, size_t bytes) {
    PARASOL_ENTER(cuMemcpy, kHealthy);
    return copyAcross(unified(target, source, bytes));
}

PARASOL_API CUresult cuMemcpyAsync(CUdeviceptr target, CUdeviceptr source, size_t bytes, CUstream stream) {
    PARASOL_ENTER(cuMemcpyAsync, kHealthy);
    return copy(unified(target, source, bytes), stream, Wait::kNo);
}

PARASOL_API CUresult cuMemcpyHtoD_v2(CUdeviceptr target, const void* source, size_t bytes) {
    PARASOL_ENTER(cuMemcpyHtoD_v2, kHealthy);
    return copyAcross(hostToDevice(target, source, bytes));
}

PARASOL_API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr target, const void* source, size_t bytes, CUstream stream) {
    PARASOL_ENTER(cuMemcpyHtoDAsync_v2, kHealthy);
    return copy(hostToDevice(target, source, bytes), stream, Wait::kNo);
}

PARASOL_API CUresult cuMemcpyDtoH_v2(void* target, CUdeviceptr source, size_t bytes) {
    PARASOL_ENTER(cuMemcpyDtoH_v2, kHealthy);
    return copyAcross(deviceToHost(target, source, bytes));
}

PARASOL_API CUresult cuMemcpyDtoHAsync_v2(void* target, CUdeviceptr source, size_t bytes, CUstream stream) {
    PARASOL_ENTER(cuMemcpyDtoHAsync_v2, kHealthy);
    return copy(deviceToHost(target, source, bytes), stream, Wait::kNo);
}

PARASOL_API CUresult cuMemcpyDtoD_v2(CUdeviceptr target, CUdeviceptr source, size_t bytes) {
    PARASOL_ENTER(cuMemcpyDtoD_v2, kHealthy);
    return copyAcross(onDevice(target, source, bytes));
}

PARASOL_API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr target, CUdeviceptr source, size_t bytes, CUstream stream) {
    PARASOL_ENTER(cuMemcpyDtoDAsync_v2, kHealthy);
    return copy(onDevice(target, source, bytes), stream, Wait::kNo);
}

PARASOL_API CUresult cuMemcpyPeer(CUdeviceptr target, CUcontext targetContext, CUdeviceptr source, CUcontext sourceContext, size_t bytes) {
    PARASOL_ENTER(cuMemcpyPeer, kHealthy);
    if (CUresult refused = checkPeer(targetContext, sourceContext)) return refused;
    return copyAcross(onDevice(target, source, bytes));
}

PARASOL_API CUresult cuMemcpyPeerAsync(CUdeviceptr target, CUcontext targetContext, CUdeviceptr source, CUcontext sourceContext, size_t bytes, CUstream stream) {
    PARASOL_ENTER(cuMemcpyPeerAsync, kHealthy);
    if (CUresult refused = checkPeer(targetContext, sourceContext)) return refused;
    return copy(onDevice(target, source, bytes), stream, Wait::kNo);
}

PARASOL_API CUresult cuMemcpy2D_v2(const CUDA_MEMCPY2D* shape) {
    PARASOL_ENTER(cuMemcpy2D_v2, kHealthy);
    return shape ? copyAcross(plane(*shape)) : CUDA_ERROR_INVALID_VALUE;
}

PARASOL_API CUresult cuMemcpy2DUnaligned_v2(const CUDA_MEMCPY2D* shape) {
    PARASOL_ENTER(cuMemcpy2DUnaligned_v2, kHealthy);
    return shape ? copyAcross(plane(*shape)) : CUDA_ERROR_INVALID_VALUE;
}

PARASOL_API CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D* shape, CUstream stream) {
    PARASOL_ENTER(cuMemcpy2DAsync_v2, kHealthy);
    return shape ? copy(plane(*shape), stream, Wait::kNo) : CUDA_ERROR_INVALID_VALUE;
}

PARASOL_API CUresult cuMemcpy3D_v2(const CUDA_MEMCPY3D* shape) {
    PARASOL_ENTER(cuMemcpy3D_v2, kHealthy);
    return shape ? copyAcross(*shape) : CUDA_ERROR_INVALID_VALUE;
}

PARASOL_API CUresult cuMemcpy3DAsync_v2(const CUDA_MEMCPY3D* shape, CUstream stream) {
    PARASOL_ENTER(cuMemcpy3DAsync_v2, kHealthy);
    return shape ? copy(*shape, stream, Wait::kNo) : CUDA_ERROR_INVALID_VALUE;
}

PARASOL_API CUresult cuMemcpy3DPeer(const CUDA_MEMCPY3D* shape) {
    PARASOL_ENTER(cuMemcpy3DPeer, kHealthy);
    if (CUresult refused = checkPeer(shape)) return refused;
    return copyAcross(*shape);
}

PARASOL_API CUresult cuMemcpy3DPeerAsync(const CUDA_MEMCPY3D* shape, CUstream stream) {
    PARASOL_ENTER(cuMemcpy3DPeerAsync, kHealthy);
    if (CUresult refused = checkPeer(shape)) return refused;
    return copy(*shape, stream, Wait::kNo);
}
