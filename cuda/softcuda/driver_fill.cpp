// Memsets: rows of 1-, 2- or 4-byte elements. Even the synchronous calls only queue, on a GPU as here.
#include "softcuda/driver_api.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_schedule.h"

using namespace softcuda::driver;

namespace {

CUresult fill(const CUDA_MEMSET_NODE_PARAMS& shape, CUstream handle) {
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult refused = checkFill(shape, *stream->context)) return refused;
    return submit(lock, stream, FillWork{shape});
}

}  // namespace

#define PARASOL_FILL(bits, type, name, asyncName, planeName, asyncPlaneName) \
    PARASOL_API CUresult name(CUdeviceptr target, type value, size_t count) { \
        PARASOL_ENTER(name, kHealthy); \
        return fill({target, 0, value, bits / 8, count, 1}, nullptr); \
    } \
    PARASOL_API CUresult asyncName(CUdeviceptr target, type value, size_t count, CUstream stream) { \
        PARASOL_ENTER(asyncName, kHealthy); \
        return fill({target, 0, value, bits / 8, count, 1}, stream); \
    } \
    PARASOL_API CUresult planeName(CUdeviceptr target, size_t pitch, type value, size_t width, size_t height) { \
        PARASOL_ENTER(planeName, kHealthy); \
        return fill({target, pitch, value, bits / 8, width, height}, nullptr); \
    } \
    PARASOL_API CUresult asyncPlaneName(CUdeviceptr target, size_t pitch, type value, size_t width, size_t height, CUstream stream) { \
        PARASOL_ENTER(asyncPlaneName, kHealthy); \
        return fill({target, pitch, value, bits / 8, width, height}, stream); \
    }

PARASOL_FILL(8, unsigned char, cuMemsetD8_v2, cuMemsetD8Async, cuMemsetD2D8_v2, cuMemsetD2D8Async)
PARASOL_FILL(16, unsigned short, cuMemsetD16_v2, cuMemsetD16Async, cuMemsetD2D16_v2, cuMemsetD2D16Async)
PARASOL_FILL(32, unsigned, cuMemsetD32_v2, cuMemsetD32Async, cuMemsetD2D32_v2, cuMemsetD2D32Async)
