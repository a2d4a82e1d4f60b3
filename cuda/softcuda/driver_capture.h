// Stream capture: while a stream captures, what is submitted to it becomes nodes of a graph. Other streams join through
// events. Calls that a GPU forbids during a capture fail here too, and spoil the capture.
#pragma once
#include "softcuda/driver_state.h"

namespace softcuda::driver {

struct Capture {
    std::shared_ptr<Graph> graph;
    CUstreamCaptureMode mode;
    std::thread::id thread;      // that began it
    Stream* origin;              // in which it was begun
    uint64_t id;
    bool invalidated = false;
    bool ended = false;
    std::vector<Stream*> members{};
};

// Adds a node after the stream's latest one.
CUresult addToCapture(Lock&, Stream&, std::shared_ptr<const Work>);
CUresult recordInCapture(Lock&, Stream&, Event&);
CUresult joinCapture(Lock&, const std::shared_ptr<Stream>&, Event&);

// Ends the capture without a graph, as when one of its streams is destroyed.
void abandonCapture(Lock&, Stream&);

// What is forbidden during a capture. Each answers CUDA_SUCCESS, or the error after having spoilt the capture.
CUresult refuseCaptured(Lock&, Stream&);             // waiting for, or asking about, this stream
CUresult refuseImplicitCapture(Lock&, Stream&);      // using the legacy stream while a blocking one captures
CUresult refuseWhileCapturing(Lock&, const Context&);  // waiting for the whole context
CUresult refuseUnsafe(Lock&);                        // calls that may wait for the device: allocations, module loads, event queries
CUresult refuseCapturedEvent(const Event&);

}  // namespace softcuda::driver
