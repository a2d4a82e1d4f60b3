// cp.async: copies that land at the wait. Until then the destination holds poison, and the source is not read.
#include <immintrin.h>

#include "softcuda/device_warp.h"
#include "softcuda/engine_sanitizer.h"
#include "softcuda/engine_state.h"

namespace softcuda {

namespace {

constexpr unsigned BYTES = 16;

void land(Worker& worker, const AsyncRun& run) {
    char* destination = run.destination;
    const char* source = run.source;
    for (unsigned i = 0; i < run.count; ++i, destination += run.destinationStep, source += run.sourceStep) {
        if (worker.proxy.used) worker.proxy.mark(worker, destination, BYTES, ChunkState::Unfenced);
        noteWrite(destination, BYTES);
        if (!run.zeros) noteRead(source, BYTES);
        const __m128i data = run.zeros ? _mm_setzero_si128() : _mm_load_si128(reinterpret_cast<const __m128i*>(source));
        _mm_store_si128(reinterpret_cast<__m128i*>(destination), data);
    }
}

// Joins the copy to a run of one group when it goes on at the run's steps.
inline bool extend(AsyncRun& run, char* destination, const char* source, bool zeros, unsigned group) {
    if (run.group != group || run.zeros != zeros) return false;
    if (run.count == 1) {
        run.destinationStep = destination - run.destination;
        run.sourceStep = zeros ? 0 : source - run.source;
    } else {
        const auto count = static_cast<ptrdiff_t>(run.count);
        if (destination != run.destination + count * run.destinationStep) return false;
        if (!zeros && source != run.source + count * run.sourceStep) return false;
    }
    ++run.count;
    return true;
}

}  // namespace

void asyncCopy(void* shared, const void* global, bool valid, unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    const uintptr_t both = reinterpret_cast<uintptr_t>(shared) | reinterpret_cast<uintptr_t>(global);
    if (__builtin_expect(both % BYTES != 0 || !insideShared(worker, shared, BYTES), 0)) {
        const char* what = both % BYTES != 0 ? ": an address is not a multiple of 16" : ": the destination is not in the block's shared memory";
        failThread(worker, thread, "cp.async at line " + std::to_string(line) + what, both % BYTES != 0 ? LAUNCH_FAILED : ILLEGAL_ADDRESS);
    }
    noteWrite(shared, BYTES);
    _mm_store_si128(static_cast<__m128i*>(shared), _mm_set1_epi32(-1));
    if (worker.proxy.used) worker.proxy.mark(worker, shared, BYTES, ChunkState::UnderWay);
    if (valid) {
        noteRead(global, BYTES);
        _mm_prefetch(static_cast<const char*>(global), _MM_HINT_T1);  // harmless at an address that will fault
    }
    worker.copiesUsed = true;
    AsyncQueue& queue = worker.copies[thread.number];
    char* destination = static_cast<char*>(shared);
    const char* source = valid ? static_cast<const char*>(global) : nullptr;
    if (!queue.runs.empty() && extend(queue.runs.back(), destination, source, !valid, queue.committed)) return;
    queue.runs.push_back(AsyncRun{destination, source, 0, 0, 1, queue.committed, !valid});
}

void asyncCommit() {
    Worker& worker = currentWorker();
    worker.copiesUsed = true;
    ++worker.copies[worker.current->number].committed;
}

void asyncWait(int groupsUnderWay) {
    Worker& worker = currentWorker();
    AsyncQueue& queue = worker.copies[worker.current->number];
    const unsigned under = static_cast<unsigned>(groupsUnderWay);
    if (queue.committed <= under) return;
    const unsigned limit = queue.committed - under;  // groups below it must have landed
    size_t landed = 0;
    while (landed < queue.runs.size() && queue.runs[landed].group < limit) land(worker, queue.runs[landed++]);
    queue.runs.erase(queue.runs.begin(), queue.runs.begin() + static_cast<ptrdiff_t>(landed));
}

}  // namespace softcuda
