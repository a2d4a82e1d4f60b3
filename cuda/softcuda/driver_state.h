// What the software device knows: devices, contexts, streams, events and the tables of live handles.
// One mutex guards all of it but the memory tables (driver_memory_table.h), which have their own. Work runs unlocked.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>
#include "softcuda/driver_types.h"
#include "softcuda/driver_work.h"

namespace softcuda::driver {

using Lock = std::unique_lock<std::mutex>;

// Live objects by handle; a handle is the object's address, so a stale one is found out and not followed.
template <class T>
class Handles {
public:
    T* add(std::shared_ptr<T> object) {
        T* handle = object.get();
        objects_.emplace(handle, std::move(object));
        return handle;
    }
    std::shared_ptr<T> find(T* handle) const {
        auto found = objects_.find(handle);
        return found == objects_.end() ? nullptr : found->second;
    }
    void remove(T* handle) { objects_.erase(handle); }
    template <class Predicate>
    void removeIf(Predicate predicate) {
        for (auto i = objects_.begin(); i != objects_.end();) i = predicate(*i->second) ? objects_.erase(i) : std::next(i);
    }
    size_t size() const { return objects_.size(); }
    const std::unordered_map<T*, std::shared_ptr<T>>& all() const { return objects_; }

private:
    std::unordered_map<T*, std::shared_ptr<T>> objects_;
};

struct Device {
    int ordinal, major, minor;
    size_t memory;                       // bytes
    bool virtualMemory = true;
    std::atomic<size_t> used{0};
    std::shared_ptr<Context> primary;
    unsigned primaryUsers = 0, primaryFlags = 0;
};

constexpr int kLimits = 8;

struct Context {
    Device* device;
    uint64_t id;
    unsigned flags = 0;
    bool primary = false;
    std::atomic<CUresult> error{CUDA_SUCCESS};  // sticky: the first failure of work in this context
    std::atomic<bool> destroyed{false};
    std::set<Context*> peers;                   // whose memory kernels here may touch
    std::shared_ptr<Stream> legacy;
    std::map<std::thread::id, std::shared_ptr<Stream>> perThread;
    size_t limits[kLimits];
    int cacheConfig = 0, sharedConfig = 0;
};

// Work of a stream is counted: ticket n is complete when `completed` has reached n.
struct Dependency { std::shared_ptr<Stream> stream; uint64_t ticket; };
struct Operation { std::vector<Dependency> after; std::shared_ptr<const Work> work; };

struct Capture;

struct Stream {
    std::shared_ptr<Context> context;
    uint64_t id;
    unsigned flags = 0;
    int priority = 0;
    bool legacy = false, busy = false;
    std::deque<Operation> pending;
    uint64_t issued = 0, completed = 0;
    std::shared_ptr<Capture> capture;
    std::vector<Node*> tips;              // while capturing: the nodes that the next one depends on
    bool blocking() const { return !legacy && !(flags & CU_STREAM_NON_BLOCKING); }
};

// One recording of an event.
struct Moment { Dependency point; std::chrono::steady_clock::time_point time; };

struct Event {
    std::shared_ptr<Context> context;
    unsigned flags;
    std::shared_ptr<Moment> last;         // null: never recorded
    std::shared_ptr<Capture> capture;     // when last recorded in a capturing stream
    std::vector<Node*> tips;
};

struct State {
    std::mutex mutex;
    std::condition_variable changed;      // some operation has completed
    std::vector<std::unique_ptr<Device>> devices;
    std::vector<std::shared_ptr<Stream>> allStreams;  // with the contexts' own streams
    uint64_t nextId = 1;
    Handles<Context> contexts;
    Handles<Stream> streams;
    Handles<Event> events;
    Handles<Module> modules;
    Handles<Function> functions;
    Handles<Graph> graphs;
    Handles<GraphExec> execs;
    std::map<Node*, Graph*> nodes;
};

State& state();
bool initialized();
uint64_t live(const std::string& what);

// The calling thread's current context; null when there is none. It may have been destroyed meanwhile.
const std::shared_ptr<Context>& current();

std::shared_ptr<Context> createContext(Lock&, Device&, unsigned flags);
void destroyContext(Lock&, const std::shared_ptr<Context>&);

// Streams by handle, with the handles that stand for the legacy and the per-thread default stream; null when unknown.
std::shared_ptr<Stream> findStream(Lock&, CUstream handle);
std::shared_ptr<Stream> newStream(Lock&, const std::shared_ptr<Context>&, unsigned flags, int priority);

}  // namespace softcuda::driver
