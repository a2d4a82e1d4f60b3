// Streams: made, asked about, waited for; host functions; streams waiting for events.
#include "softcuda/driver_api.h"
#include "softcuda/driver_capture.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_schedule.h"

using namespace softcuda::driver;

namespace {

constexpr int kGreatestPriority = -5;

CUresult create(CUstream* out, unsigned flags, int priority) {
    if (!out || flags > CU_STREAM_NON_BLOCKING) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    *out = state().streams.add(newStream(lock, current(), flags, std::clamp(priority, kGreatestPriority, 0)));
    return CUDA_SUCCESS;
}

/* *out = what `get` finds in the stream. */
template <typename Value, typename Get>
CUresult read(CUstream handle, Value* out, Get get) {
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    *out = get(*stream);
    return CUDA_SUCCESS;
}

}  // namespace

PARASOL_API CUresult cuStreamCreate(CUstream* out, unsigned flags) {
    PARASOL_ENTER(cuStreamCreate, kHealthy);
    return create(out, flags, 0);
}

PARASOL_API CUresult cuStreamCreateWithPriority(CUstream* out, unsigned flags, int priority) {
    PARASOL_ENTER(cuStreamCreateWithPriority, kHealthy);
    return create(out, flags, priority);
}

PARASOL_API CUresult cuStreamDestroy_v2(CUstream handle) {
    PARASOL_ENTER(cuStreamDestroy_v2, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = state().streams.find(handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    abandonCapture(lock, *stream);
    finish(lock, stream, stream->issued);
    auto& all = state().allStreams;
    all.erase(std::remove(all.begin(), all.end(), stream), all.end());
    state().streams.remove(handle);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuStreamSynchronize(CUstream handle) {
    PARASOL_ENTER(cuStreamSynchronize, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult refused = refuseCaptured(lock, *stream)) return refused;
    // Waiting for the legacy stream waits for the blocking ones too.
    if (stream->legacy) issue(lock, stream, std::make_shared<const Work>(EmptyWork{}));
    return finish(lock, stream, stream->issued);
}

// Each query runs one operation at most, so that callers see "not ready" as long as there is more.
PARASOL_API CUresult cuStreamQuery(CUstream handle) {
    PARASOL_ENTER(cuStreamQuery, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult refused = refuseCaptured(lock, *stream)) return refused;
    if (!advance(lock, stream, stream->issued)) return stream->context->error ? stream->context->error.load() : CUDA_ERROR_NOT_READY;
    return stream->context->error;
}

PARASOL_API CUresult cuStreamWaitEvent(CUstream handle, CUevent eventHandle, unsigned flags) {
    PARASOL_ENTER(cuStreamWaitEvent, kHealthy);
    if (flags > CU_EVENT_WAIT_EXTERNAL) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    std::shared_ptr<Event> event = state().events.find(eventHandle);
    if (!stream || !event) return CUDA_ERROR_INVALID_HANDLE;
    if (flags & CU_EVENT_WAIT_EXTERNAL) {
        if (!stream->capture) return CUDA_ERROR_INVALID_VALUE;
        return addToCapture(lock, *stream, std::make_shared<const Work>(WaitWork{event}));
    }
    if (event->capture || stream->capture) return joinCapture(lock, stream, *event);
    if (event->last) issue(lock, stream, std::make_shared<const Work>(EmptyWork{}), {event->last->point});
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuLaunchHostFunc(CUstream handle, CUhostFn function, void* userData) {
    PARASOL_ENTER(cuLaunchHostFunc, kHealthy);
    if (!function) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    return submit(lock, stream, HostWork{{function, userData}});
}

// The callback is called even when earlier work has failed, with that error.
PARASOL_API CUresult cuStreamAddCallback(CUstream handle, CUstreamCallback callback, void* userData, unsigned flags) {
    PARASOL_ENTER(cuStreamAddCallback, kHealthy);
    if (!callback || flags) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult refused = refuseCaptured(lock, *stream)) return refused;
    return submit(lock, stream, CallbackWork{callback, handle, userData});
}

PARASOL_API CUresult cuStreamGetPriority(CUstream handle, int* priority) {
    PARASOL_ENTER(cuStreamGetPriority, kHealthy);
    return read(handle, priority, [](const Stream& stream) { return stream.priority; });
}

PARASOL_API CUresult cuStreamGetFlags(CUstream handle, unsigned* flags) {
    PARASOL_ENTER(cuStreamGetFlags, kHealthy);
    return read(handle, flags, [](const Stream& stream) { return stream.flags; });
}

PARASOL_API CUresult cuStreamGetId(CUstream handle, unsigned long long* id) {
    PARASOL_ENTER(cuStreamGetId, kHealthy);
    return read(handle, id, [](const Stream& stream) { return stream.id; });
}

PARASOL_API CUresult cuStreamGetCtx(CUstream handle, CUcontext* context) {
    PARASOL_ENTER(cuStreamGetCtx, kHealthy);
    return read(handle, context, [](const Stream& stream) { return CUcontext(stream.context.get()); });
}
