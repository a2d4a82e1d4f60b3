// cp.async: copies that land at the wait. Until then the destination holds poison, and the source is not read.
#include <string.h>

#include "softcuda/engine_sanitizer.h"
#include "softcuda/engine_state.h"

namespace softcuda {

namespace {

constexpr unsigned BYTES = 16;
constexpr unsigned char POISON = 0xff;

void land(const AsyncCopy& copy) {
    noteWrite(copy.destination, BYTES);
    if (copy.source == nullptr) {
        memset(copy.destination, 0, BYTES);
    } else {
        noteRead(copy.source, BYTES);
        memcpy(copy.destination, copy.source, BYTES);
    }
}

}  // namespace

bool insideShared(const Worker& worker, const void* address, size_t bytes) {
    const auto within = [&](const char* begin, size_t size) {
        const size_t offset = reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(begin);
        return offset < size && size - offset >= bytes;
    };
    return within(worker.shared, worker.launch->config.dynamicShared) || within(worker.staticShared, worker.staticSharedBytes);
}

void asyncCopy(void* shared, const void* global, bool valid, unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    const uintptr_t both = reinterpret_cast<uintptr_t>(shared) | reinterpret_cast<uintptr_t>(global);
    if (__builtin_expect(both % BYTES != 0 || !insideShared(worker, shared, BYTES), 0)) {
        const char* what = both % BYTES != 0 ? ": an address is not a multiple of 16" : ": the destination is not in the block's shared memory";
        failThread(worker, thread, "cp.async at line " + std::to_string(line) + what, both % BYTES != 0 ? LAUNCH_FAILED : ILLEGAL_ADDRESS);
    }
    noteWrite(shared, BYTES);
    memset(shared, POISON, BYTES);
    if (valid) noteRead(global, BYTES);
    AsyncQueue& queue = worker.copies[thread.number];
    thread.copies = true;
    queue.copies.push_back(AsyncCopy{shared, valid ? global : nullptr, queue.committed});
}

void asyncCommit() {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    thread.copies = true;
    ++worker.copies[thread.number].committed;
}

void asyncWait(int groupsUnderWay) {
    Worker& worker = currentWorker();
    AsyncQueue& queue = worker.copies[worker.current->number];
    const unsigned under = static_cast<unsigned>(groupsUnderWay);
    if (queue.committed < under) return;
    const unsigned limit = queue.committed - under;  // groups below it must have landed
    while (queue.landed < queue.copies.size() && queue.copies[queue.landed].group < limit) {
        // Booked before it is done: the copy may fault.
        land(queue.copies[queue.landed++]);
    }
    if (queue.landed == queue.copies.size()) {
        queue.copies.clear();
        queue.landed = 0;
    }
}

}  // namespace softcuda
