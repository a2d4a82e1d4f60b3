#include "softcuda/driver_state.h"
#include "softcuda/driver_capture.h"
#include "softcuda/driver_graph.h"
#include "softcuda/driver_memory_table.h"
#include "softcuda/driver_module.h"
#include "softcuda/driver_schedule.h"

namespace softcuda::driver {

namespace {
size_t liveBytes() {
    size_t sum = 0;
    for (const auto& device : state().devices) sum += device->used;
    return sum;
}
}  // namespace

State& state() {
    static State& all = *new State;  // never destroyed: threads may outlive main
    return all;
}

uint64_t live(const std::string& what) {
    State& all = state();
    MemoryTable& memory = MemoryTable::instance();
    Lock lock(all.mutex);
    std::shared_lock<std::shared_mutex> memoryLock(memory.mutex);
    if (what == "bytes") return liveBytes();
    if (what == "host_bytes") return memory.bytes(BlockKind::kPinned) + memory.bytes(BlockKind::kRegistered);
    if (what == "allocations") return memory.count(BlockKind::kDevice);
    if (what == "handles") return memory.handles.size();
    if (what == "ranges") return memory.ranges.size();
    if (what == "mappings") return memory.mappings.size();
    if (what == "streams") return all.streams.size();
    if (what == "events") return all.events.size();
    if (what == "modules") return all.modules.size();
    if (what == "graphs") return all.graphs.size();
    if (what == "graph_execs") return all.execs.size();
    if (what == "contexts") return all.contexts.size();
    std::fprintf(stderr, "softcuda: parasol_soft_live knows nothing called '%s'\n", what.c_str());
    return UINT64_MAX;
}

std::shared_ptr<Stream> newStream(Lock&, const std::shared_ptr<Context>& context, unsigned flags, int priority) {
    auto stream = std::make_shared<Stream>();
    stream->context = context;
    stream->id = state().nextId++;
    stream->flags = flags;
    stream->priority = priority;
    state().allStreams.push_back(stream);
    return stream;
}

std::shared_ptr<Stream> findStream(Lock& lock, CUstream handle) {
    const std::shared_ptr<Context>& context = current();
    uintptr_t value = reinterpret_cast<uintptr_t>(handle);
    if (value == 0 || value == kLegacyStream) return context->legacy;
    if (value == kPerThreadStream) {
        std::shared_ptr<Stream>& mine = context->perThread[std::this_thread::get_id()];
        if (!mine) mine = newStream(lock, context, CU_STREAM_DEFAULT, 0);
        return mine;
    }
    return state().streams.find(handle);
}

std::shared_ptr<Context> createContext(Lock& lock, Device& device, unsigned flags) {
    auto context = std::make_shared<Context>();
    context->device = &device;
    context->id = state().nextId++;
    context->flags = flags;
    constexpr size_t kDefaults[kLimits] = {1024, 1 << 20, 8 << 20, 2, 2048, 64, 0, 0};
    std::copy(kDefaults, kDefaults + kLimits, context->limits);
    context->legacy = newStream(lock, context, CU_STREAM_DEFAULT, 0);
    context->legacy->legacy = true;
    state().contexts.add(context);
    return context;
}

void destroyContext(Lock& lock, const std::shared_ptr<Context>& context) {
    State& all = state();
    drain(lock, *context);
    context->destroyed = true;
    auto mine = [&](const auto& object) { return object.context == context; };
    for (const auto& stream : all.allStreams)
        if (mine(*stream)) abandonCapture(lock, *stream);
    all.execs.removeIf(mine);
    all.functions.removeIf([&](const Function& function) { return function.module->context == context; });
    all.modules.removeIf(mine);
    all.events.removeIf(mine);
    all.streams.removeIf(mine);
    all.allStreams.erase(std::remove_if(all.allStreams.begin(), all.allStreams.end(), [&](const auto& s) { return mine(*s); }), all.allStreams.end());
    for (const auto& [handle, other] : all.contexts.all()) other->peers.erase(context.get());
    context->legacy.reset();
    context->perThread.clear();
    all.contexts.remove(context.get());
    MemoryTable& memory = MemoryTable::instance();
    std::unique_lock<std::shared_mutex> memoryLock(memory.mutex);
    memory.releaseAll(*context);
}

}  // namespace softcuda::driver
