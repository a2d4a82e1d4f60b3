// Events: recorded in a stream, queried, waited for, and the time between two of them.
#include "softcuda/driver_api.h"
#include "softcuda/driver_capture.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_schedule.h"

using namespace softcuda::driver;

namespace {

CUresult record(CUevent eventHandle, CUstream handle, unsigned flags) {
    if (flags > CU_EVENT_RECORD_EXTERNAL) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    std::shared_ptr<Event> event = state().events.find(eventHandle);
    if (!stream || !event) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->context != event->context) return CUDA_ERROR_INVALID_HANDLE;
    if (flags & CU_EVENT_RECORD_EXTERNAL) {
        if (!stream->capture) return CUDA_ERROR_INVALID_VALUE;
        return addToCapture(lock, *stream, std::make_shared<const Work>(RecordWork{event, nullptr}));
    }
    if (stream->capture) return recordInCapture(lock, *stream, *event);
    if (CUresult refused = refuseImplicitCapture(lock, *stream)) return refused;
    auto moment = std::make_shared<Moment>();
    moment->point = {stream, issue(lock, stream, std::make_shared<const Work>(RecordWork{event, moment}))};
    event->last = moment;
    event->capture.reset();
    event->tips.clear();
    return CUDA_SUCCESS;
}

CUresult findPlain(CUevent handle, std::shared_ptr<Event>* event) {
    *event = state().events.find(handle);
    if (!*event) return CUDA_ERROR_INVALID_HANDLE;
    return refuseCapturedEvent(**event);
}

CUresult elapsed(float* milliseconds, CUevent from, CUevent to) {
    if (!milliseconds) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Event> start, end;
    if (CUresult refused = findPlain(from, &start)) return refused;
    if (CUresult refused = findPlain(to, &end)) return refused;
    if (!start->last || !end->last || (start->flags | end->flags) & CU_EVENT_DISABLE_TIMING) return CUDA_ERROR_INVALID_HANDLE;
    for (const auto& event : {start, end})
        if (event->last->point.stream->completed < event->last->point.ticket) return CUDA_ERROR_NOT_READY;
    *milliseconds = std::chrono::duration<float, std::milli>(end->last->time - start->last->time).count();
    return CUDA_SUCCESS;
}

}  // namespace

PARASOL_API CUresult cuEventCreate(CUevent* out, unsigned flags) {
    PARASOL_ENTER(cuEventCreate, kHealthy);
    if (!out || flags > 7) return CUDA_ERROR_INVALID_VALUE;
    if ((flags & CU_EVENT_INTERPROCESS) && !(flags & CU_EVENT_DISABLE_TIMING)) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    auto event = std::make_shared<Event>();
    event->context = current();
    event->flags = flags;
    *out = state().events.add(std::move(event));
    return CUDA_SUCCESS;
}

// A pending record keeps what it needs, so the event may go at once.
PARASOL_API CUresult cuEventDestroy_v2(CUevent handle) {
    PARASOL_ENTER(cuEventDestroy_v2, kHealthy);
    Lock lock(state().mutex);
    if (!state().events.find(handle)) return CUDA_ERROR_INVALID_HANDLE;
    state().events.remove(handle);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuEventRecord(CUevent event, CUstream stream) {
    PARASOL_ENTER(cuEventRecord, kHealthy);
    return record(event, stream, 0);
}

PARASOL_API CUresult cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned flags) {
    PARASOL_ENTER(cuEventRecordWithFlags, kHealthy);
    return record(event, stream, flags);
}

PARASOL_API CUresult cuEventQuery(CUevent handle) {
    PARASOL_ENTER(cuEventQuery, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Event> event;
    if (CUresult refused = findPlain(handle, &event)) return refused;
    if (CUresult refused = refuseUnsafe(lock)) return refused;
    std::shared_ptr<Moment> moment = event->last;
    if (!moment) return CUDA_SUCCESS;
    bool complete = advance(lock, moment->point.stream, moment->point.ticket);
    CUresult error = event->context->error;
    return error ? error : complete ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

PARASOL_API CUresult cuEventSynchronize(CUevent handle) {
    PARASOL_ENTER(cuEventSynchronize, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Event> event;
    if (CUresult refused = findPlain(handle, &event)) return refused;
    if (CUresult refused = refuseUnsafe(lock)) return refused;
    std::shared_ptr<Moment> moment = event->last;
    return moment ? finish(lock, moment->point.stream, moment->point.ticket) : CUDA_SUCCESS;
}

PARASOL_API CUresult cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end) {
    PARASOL_ENTER(cuEventElapsedTime, kHealthy);
    return elapsed(milliseconds, start, end);
}

PARASOL_API CUresult cuEventElapsedTime_v2(float* milliseconds, CUevent start, CUevent end) {
    PARASOL_ENTER(cuEventElapsedTime_v2, kHealthy);
    return elapsed(milliseconds, start, end);
}
