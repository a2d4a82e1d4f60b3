#include "softcuda/driver_schedule.h"
#include <algorithm>
#include "softcuda/driver_capture.h"
#include "softcuda/driver_guard.h"

namespace softcuda::driver {

namespace {

constexpr size_t kQueueDepth = 1024;  // a GPU's queue is bounded too: a launch into a full one waits

bool complete(const Dependency& dependency) { return dependency.stream->completed >= dependency.ticket; }

// The stream whose first operation can run now, so that this stream gets ahead.
std::shared_ptr<Stream> runnable(std::shared_ptr<Stream> stream) {
    while (!stream->busy) {
        const auto& after = stream->pending.front().after;
        auto waiting = std::find_if_not(after.begin(), after.end(), complete);
        if (waiting == after.end()) break;
        stream = waiting->stream;
    }
    return stream;
}

void runFirst(Lock& lock, const std::shared_ptr<Stream>& stream) {
    State& all = state();
    Operation operation = std::move(stream->pending.front());
    stream->pending.pop_front();
    std::shared_ptr<Context> context = stream->context;
    bool skipped = context->error != CUDA_SUCCESS && !std::holds_alternative<CallbackWork>(*operation.work);
    stream->busy = true;
    lock.unlock();
    CUresult result = skipped ? CUDA_SUCCESS : run(*operation.work, *context);
    operation = {};
    lock.lock();
    CUresult none = CUDA_SUCCESS;
    if (result) context->error.compare_exchange_strong(none, result);
    stream->busy = false;
    stream->completed++;
    all.changed.notify_all();
}

}  // namespace

uint64_t issue(Lock& lock, const std::shared_ptr<Stream>& stream, std::shared_ptr<const Work> work, std::vector<Dependency> after) {
    if (stream->pending.size() >= kQueueDepth) finish(lock, stream, stream->issued - kQueueDepth / 2);
    Context& context = *stream->context;
    if (stream->legacy) {
        for (const auto& other : state().allStreams)
            if (other->context == stream->context && other->blocking() && other->completed < other->issued) after.push_back({other, other->issued});
    } else if (stream->blocking() && context.legacy->completed < context.legacy->issued) {
        after.push_back({context.legacy, context.legacy->issued});
    }
    stream->pending.push_back({std::move(after), std::move(work)});
    return ++stream->issued;
}

bool advance(Lock& lock, const std::shared_ptr<Stream>& stream, uint64_t ticket) {
    if (stream->completed >= ticket) return true;
    std::shared_ptr<Stream> next = runnable(stream);
    if (next->busy) state().changed.wait(lock);
    else runFirst(lock, next);
    return false;
}

CUresult finish(Lock& lock, const std::shared_ptr<Stream>& stream, uint64_t ticket) {
    while (!advance(lock, stream, ticket)) {}
    return stream->context->error;
}

CUresult drain(Lock& lock, Context& context) {
    std::vector<Dependency> ends;
    for (const auto& stream : state().allStreams)
        if (stream->context.get() == &context) ends.push_back({stream, stream->issued});
    for (uint64_t seed = orderSeed(), n = ends.size(); seed && n > 1; n--) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        std::swap(ends[n - 1], ends[(seed >> 33) % n]);
    }
    for (const Dependency& end : ends) finish(lock, end.stream, end.ticket);
    return context.error;
}

CUresult submit(Lock& lock, const std::shared_ptr<Stream>& stream, Work work) {
    if (stream->capture) return addToCapture(lock, *stream, std::make_shared<const Work>(std::move(work)));
    if (CUresult refused = refuseImplicitCapture(lock, *stream)) return refused;
    issue(lock, stream, std::make_shared<const Work>(std::move(work)));
    return CUDA_SUCCESS;
}

}  // namespace softcuda::driver
