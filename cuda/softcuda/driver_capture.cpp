#include "softcuda/driver_capture.h"
#include "softcuda/driver_api.h"
#include "softcuda/driver_graph.h"
#include "softcuda/driver_guard.h"

namespace softcuda::driver {

namespace {

thread_local CUstreamCaptureMode threadMode = CU_STREAM_CAPTURE_MODE_GLOBAL;

CUresult spoil(Capture& capture, CUresult error) {
    if (capture.invalidated) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    capture.invalidated = true;
    return error;
}

void leave(Capture& capture) {
    capture.ended = true;
    for (Stream* member : capture.members) {
        member->capture.reset();
        member->tips.clear();
    }
    capture.members.clear();
}

void addTips(std::vector<Node*>& tips, const std::vector<Node*>& more) {
    for (Node* node : more)
        if (std::find(tips.begin(), tips.end(), node) == tips.end()) tips.push_back(node);
}

// Whether everything that the other streams captured comes before the origin's end.
bool joined(const Capture& capture) {
    std::set<Node*> before;
    std::vector<Node*> open = capture.origin->tips;
    while (!open.empty()) {
        Node* node = open.back();
        open.pop_back();
        if (before.insert(node).second) open.insert(open.end(), node->dependencies.begin(), node->dependencies.end());
    }
    for (const Stream* member : capture.members)
        for (Node* tip : member->tips)
            if (!before.count(tip)) return false;
    return true;
}

CUresult begin(CUstream handle, CUstreamCaptureMode mode) {
    if (mode < CU_STREAM_CAPTURE_MODE_GLOBAL || mode > CU_STREAM_CAPTURE_MODE_RELAXED) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->legacy) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    if (stream->capture) return CUDA_ERROR_ILLEGAL_STATE;
    stream->capture = std::make_shared<Capture>(Capture{std::make_shared<Graph>(), mode, std::this_thread::get_id(), stream.get(), state().nextId++});
    stream->capture->members.push_back(stream.get());
    return CUDA_SUCCESS;
}

}  // namespace

CUresult addToCapture(Lock&, Stream& stream, std::shared_ptr<const Work> work) {
    if (stream.capture->invalidated) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    stream.tips = {addNode(*stream.capture->graph, stream.tips, std::move(work))};
    return CUDA_SUCCESS;
}

CUresult recordInCapture(Lock&, Stream& stream, Event& event) {
    if (stream.capture->invalidated) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    event.capture = stream.capture;
    event.tips = stream.tips;
    return CUDA_SUCCESS;
}

CUresult joinCapture(Lock& lock, const std::shared_ptr<Stream>& stream, Event& event) {
    if (!event.capture || event.capture->ended)
        return stream->capture ? spoil(*stream->capture, CUDA_ERROR_STREAM_CAPTURE_ISOLATION) : CUDA_ERROR_CAPTURED_EVENT;
    if (event.capture->invalidated) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    if (!stream->capture) {
        if (stream->legacy) return refuseImplicitCapture(lock, *stream);
        stream->capture = event.capture;
        stream->capture->members.push_back(stream.get());
    } else if (stream->capture != event.capture) {
        spoil(*event.capture, CUDA_SUCCESS);
        return spoil(*stream->capture, CUDA_ERROR_STREAM_CAPTURE_MERGE);
    }
    addTips(stream->tips, event.tips);
    return CUDA_SUCCESS;
}

void abandonCapture(Lock&, Stream& stream) {
    if (!stream.capture) return;
    std::shared_ptr<Capture> capture = stream.capture;
    capture->invalidated = true;
    if (capture->origin == &stream) {
        dropNodes(*capture->graph);
        return leave(*capture);
    }
    auto& members = capture->members;
    members.erase(std::remove(members.begin(), members.end(), &stream), members.end());
    stream.capture.reset();
    stream.tips.clear();
}

CUresult refuseCaptured(Lock& lock, Stream& stream) {
    if (stream.capture) return spoil(*stream.capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    return refuseImplicitCapture(lock, stream);
}

CUresult refuseImplicitCapture(Lock&, Stream& stream) {
    if (!stream.legacy) return CUDA_SUCCESS;
    for (const auto& other : state().allStreams)
        if (other->capture && other->context == stream.context && other->blocking()) return spoil(*other->capture, CUDA_ERROR_STREAM_CAPTURE_IMPLICIT);
    return CUDA_SUCCESS;
}

CUresult refuseWhileCapturing(Lock&, const Context& context) {
    for (const auto& stream : state().allStreams)
        if (stream->capture && stream->context.get() == &context) return spoil(*stream->capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    return CUDA_SUCCESS;
}

CUresult refuseUnsafe(Lock&) {
    if (threadMode == CU_STREAM_CAPTURE_MODE_RELAXED) return CUDA_SUCCESS;
    for (const auto& stream : state().allStreams) {
        if (!stream->capture || stream->capture->mode == CU_STREAM_CAPTURE_MODE_RELAXED) continue;
        bool mine = stream->capture->thread == std::this_thread::get_id();
        bool everywhere = stream->capture->mode == CU_STREAM_CAPTURE_MODE_GLOBAL && threadMode == CU_STREAM_CAPTURE_MODE_GLOBAL;
        if (mine || everywhere) return spoil(*stream->capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    }
    return CUDA_SUCCESS;
}

CUresult refuseCapturedEvent(const Event& event) { return event.capture ? CUDA_ERROR_CAPTURED_EVENT : CUDA_SUCCESS; }

}  // namespace softcuda::driver

using namespace softcuda::driver;

PARASOL_API CUresult cuStreamBeginCapture_v2(CUstream stream, CUstreamCaptureMode mode) {
    PARASOL_ENTER(cuStreamBeginCapture_v2, kHealthy);
    return begin(stream, mode);
}

PARASOL_API CUresult cuStreamEndCapture(CUstream handle, CUgraph* out) {
    PARASOL_ENTER(cuStreamEndCapture, kHealthy);
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    std::shared_ptr<Capture> capture = stream->capture;
    if (!capture) return CUDA_ERROR_ILLEGAL_STATE;
    if (capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED && capture->thread != std::this_thread::get_id()) return CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
    if (capture->origin != stream.get()) return spoil(*capture, CUDA_ERROR_STREAM_CAPTURE_UNMATCHED);
    CUresult result = capture->invalidated ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED : joined(*capture) ? CUDA_SUCCESS : CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
    leave(*capture);
    *out = nullptr;
    if (result) dropNodes(*capture->graph);
    else *out = state().graphs.add(capture->graph);
    return result;
}

PARASOL_API CUresult cuStreamIsCapturing(CUstream handle, CUstreamCaptureStatus* status) {
    PARASOL_ENTER(cuStreamIsCapturing, kHealthy);
    if (!status) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult refused = refuseImplicitCapture(lock, *stream)) return refused;
    *status = !stream->capture ? CU_STREAM_CAPTURE_STATUS_NONE
            : stream->capture->invalidated ? CU_STREAM_CAPTURE_STATUS_INVALIDATED : CU_STREAM_CAPTURE_STATUS_ACTIVE;
    return CUDA_SUCCESS;
}

// The graph and the dependencies are the caller's to look at until the next call on the stream.
PARASOL_API CUresult cuStreamGetCaptureInfo_v2(CUstream handle, CUstreamCaptureStatus* status, uint64_t* id, CUgraph* graph, const CUgraphNode** dependencies, size_t* count) {
    PARASOL_ENTER(cuStreamGetCaptureInfo_v2, kHealthy);
    if (!status) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Stream> stream = findStream(lock, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult refused = refuseImplicitCapture(lock, *stream)) return refused;
    const Capture* capture = stream->capture.get();
    *status = !capture ? CU_STREAM_CAPTURE_STATUS_NONE : capture->invalidated ? CU_STREAM_CAPTURE_STATUS_INVALIDATED : CU_STREAM_CAPTURE_STATUS_ACTIVE;
    if (*status != CU_STREAM_CAPTURE_STATUS_ACTIVE) return CUDA_SUCCESS;
    if (id) *id = capture->id;
    if (graph) *graph = capture->graph.get();
    if (dependencies) *dependencies = stream->tips.data();
    if (count) *count = stream->tips.size();
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuThreadExchangeStreamCaptureMode(CUstreamCaptureMode* mode) {
    PARASOL_ENTER(cuThreadExchangeStreamCaptureMode, kDriver);
    if (!mode || *mode < CU_STREAM_CAPTURE_MODE_GLOBAL || *mode > CU_STREAM_CAPTURE_MODE_RELAXED) return CUDA_ERROR_INVALID_VALUE;
    std::swap(*mode, threadMode);
    return CUDA_SUCCESS;
}
