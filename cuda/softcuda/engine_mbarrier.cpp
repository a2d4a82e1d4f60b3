// mbarrier and bulk copies: phases close, and what was copied lands, when someone waits or arrives next.
#include <string.h>

#include <algorithm>

#include "softcuda/device_warp.h"
#include "softcuda/engine_sanitizer.h"
#include "softcuda/engine_state.h"

namespace softcuda {

namespace {

[[noreturn]] void refuse(Worker& worker, const char* operation, unsigned line, const std::string& why, int code = LAUNCH_FAILED) {
    failThread(worker, *worker.current, std::string(operation) + " at line " + std::to_string(line) + ": " + why, code);
}

// The two phases in a row that can overlap in ThreadSanitizer's eyes have a token each, within the barrier's own bytes.
void* token(const Barrier& barrier, unsigned phase) { return reinterpret_cast<char*>(barrier.address) + 4 * (phase & 1); }

Barrier& find(Worker& worker, const uint64_t* address, const char* operation, unsigned line) {
    for (Barrier& barrier : worker.proxy.barriers) {
        if (barrier.address != address) continue;
        noteRead(address, sizeof(*address));
        return barrier;
    }
    refuse(worker, operation, line, "there is no barrier at this address: mbarrier.init comes first");
}

void land(Worker& worker, const Barrier& barrier) {
    for (const BulkCopy& copy : barrier.copies) {
        memcpy(copy.destination, copy.source, copy.bytes);
        worker.proxy.mark(worker, copy.destination, copy.bytes, ChunkState::Settled);
    }
}

// Closes the running phase when all have arrived and all announced bytes are on their way.
void settle(Worker& worker, Barrier& barrier) {
    if (barrier.pending != 0 || barrier.copied != barrier.announced) return;
    const Unwatched records;
    land(worker, barrier);
    barrier.copies.clear();
    barrier.announced = barrier.copied = 0;
    barrier.pending = barrier.count;
    ++barrier.phase;
    for (Thread* thread : barrier.waiters) makeRunnable(worker, *thread);
    barrier.waiters.clear();
}

// With someone waiting there is no reason to put it off.
void settleForWaiters(Worker& worker, Barrier& barrier) {
    if (!barrier.waiters.empty()) settle(worker, barrier);
}

void checkBytes(Worker& worker, const Barrier& barrier, const char* operation, unsigned line) {
    if (barrier.pending == 0 && barrier.copied > barrier.announced) {
        refuse(worker, operation, line, std::to_string(barrier.copied) + " bytes are copied in a phase that announced " + std::to_string(barrier.announced));
    }
}

}  // namespace

void barrierInit(uint64_t* address, unsigned count, unsigned line) {
    Worker& worker = currentWorker();
    worker.proxy.begin(worker);
    if (reinterpret_cast<uintptr_t>(address) % sizeof(*address) != 0) refuse(worker, "mbarrier.init", line, "the address is not a multiple of 8");
    if (!insideShared(worker, address, sizeof(*address))) refuse(worker, "mbarrier.init", line, "the barrier is not in the block's shared memory", ILLEGAL_ADDRESS);
    if (count < 1 || count >= 1u << 20) refuse(worker, "mbarrier.init", line, "a count of " + std::to_string(count));
    for (const Barrier& barrier : worker.proxy.barriers) {
        if (barrier.address == address) refuse(worker, "mbarrier.init", line, "this barrier is initialised already");
    }
    noteWrite(address, sizeof(*address));
    const Unwatched records;
    memset(address, 0xb5, sizeof(*address));  // opaque
    worker.proxy.barriers.push_back(Barrier{address, count, count, 0, 0, 0, false, {}, {}});
}

void barrierInitFence() {
    for (Barrier& barrier : currentWorker().proxy.barriers) barrier.fenced = true;
}

void barrierArrive(uint64_t* address, unsigned bytes, unsigned line) {
    Worker& worker = currentWorker();
    const char* operation = bytes == 0 ? "mbarrier.arrive" : "mbarrier.arrive.expect_tx";
    Barrier& barrier = find(worker, address, operation, line);
    settle(worker, barrier);
    if (barrier.pending == 0) {
        refuse(worker, operation, line, "all " + std::to_string(barrier.count) + " have arrived in this phase, of whose " + std::to_string(barrier.announced) +
                                            " bytes " + std::to_string(barrier.copied) + " are on their way");
    }
    barrier.announced += bytes;
    if (barrier.announced >= 1u << 20) refuse(worker, operation, line, "more than 2^20 - 1 bytes are announced in a phase");
    releaseTo(token(barrier, barrier.phase));
    --barrier.pending;
    checkBytes(worker, barrier, operation, line);
    settleForWaiters(worker, barrier);
}

void barrierWait(uint64_t* address, unsigned parity, unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    Barrier* barrier = &find(worker, address, "mbarrier.try_wait", line);
    if (parity > 1) refuse(worker, "mbarrier.try_wait", line, "the parity is " + std::to_string(parity));
    settle(worker, *barrier);
    if ((barrier->phase & 1) == parity) {
        {
            const Unwatched records;
            barrier->waiters.push_back(&thread);
        }
        waitForOthers(worker, thread);
        barrier = &find(worker, address, "mbarrier.try_wait", line);
    }
    acquireFrom(token(*barrier, parity));
}

void bulkCopy(void* shared, const void* global, unsigned bytes, uint64_t* address, unsigned line) {
    constexpr const char* NAME = "cp.async.bulk";
    Worker& worker = currentWorker();
    Barrier& barrier = find(worker, address, NAME, line);
    if (!barrier.fenced) refuse(worker, NAME, line, "fence.mbarrier_init did not follow the barrier's initialisation");
    const uintptr_t all = reinterpret_cast<uintptr_t>(shared) | reinterpret_cast<uintptr_t>(global) | bytes;
    if (all % CHUNK != 0 || bytes == 0) refuse(worker, NAME, line, "an address or the size, " + std::to_string(bytes) + ", is not a multiple of 16");
    if (!insideShared(worker, shared, bytes)) refuse(worker, NAME, line, "the destination is not in the block's shared memory", ILLEGAL_ADDRESS);
    const ChunkState* state = worker.proxy.unsettled(worker, static_cast<const char*>(shared), bytes);
    if (state != nullptr && *state == ChunkState::UnderWay) refuse(worker, NAME, line, "another copy to the destination is under way");
    settle(worker, barrier);
    noteRead(global, bytes);
    noteWrite(shared, bytes);
    releaseTo(token(barrier, barrier.phase));
    volatile char touched = static_cast<const char*>(global)[bytes - 1];  // a bad source fails here and not in who waits
    static_cast<void>(touched);
    const Unwatched records;
    memset(shared, 0xff, bytes);
    worker.proxy.mark(worker, shared, bytes, ChunkState::UnderWay);
    barrier.copies.push_back(BulkCopy{static_cast<char*>(shared), static_cast<const char*>(global), bytes});
    barrier.copied += bytes;
    checkBytes(worker, barrier, NAME, line);
    settleForWaiters(worker, barrier);
}

void proxyFence() {
    Worker& worker = currentWorker();
    AsyncProxy& proxy = worker.proxy;
    if (!proxy.used) return;
    std::vector<uint32_t>& written = proxy.unfenced[worker.current->number];
    for (const uint32_t chunk : written) {
        if (proxy.chunks[chunk] == ChunkState::Unfenced) proxy.chunks[chunk] = ChunkState::Settled;
    }
    written.clear();
}

void AsyncProxy::begin(Worker& worker) {
    if (used) return;
    if (!hasHopperUnits()) failThread(worker, *worker.current, "the kernel uses units of compute capability 9.0, which this device does not have");
    used = true;
    const Unwatched records;
    chunks.assign((worker.sharedBytes + CHUNK - 1) / CHUNK, ChunkState::Settled);
    unfenced.resize(worker.threadCount);
    for (Warpgroup& group : groups) {
        std::fill(std::begin(group.committed), std::end(group.committed), 0u);
        std::fill(std::begin(group.fenced), std::end(group.fenced), false);
    }
}

void AsyncProxy::reset() {
    if (!used) return;
    used = false;
    const Unwatched records;
    barriers.clear();
    for (std::vector<uint32_t>& written : unfenced) written.clear();
    for (Warpgroup& group : groups) {
        group.arrived = 0;
        group.products.clear();
        group.sums.clear();
    }
}

void AsyncProxy::mark(Worker& worker, const void* address, size_t bytes, ChunkState state) {
    const Unwatched records;
    const size_t first = static_cast<size_t>(static_cast<const char*>(address) - worker.shared);
    if (first >= worker.sharedBytes) return;  // static shared memory, which the units that read on their own are not given
    for (size_t chunk = first / CHUNK; chunk < (first + bytes) / CHUNK; ++chunk) {
        chunks[chunk] = state;
        if (state == ChunkState::Unfenced) unfenced[worker.current->number].push_back(static_cast<uint32_t>(chunk));
    }
}

const ChunkState* AsyncProxy::unsettled(const Worker& worker, const char* address, size_t bytes) const {
    const size_t first = static_cast<size_t>(address - worker.shared);
    if (first >= worker.sharedBytes) return nullptr;
    for (size_t chunk = first / CHUNK; chunk < (first + bytes + CHUNK - 1) / CHUNK; ++chunk) {
        if (chunks[chunk] != ChunkState::Settled) return &chunks[chunk];
    }
    return nullptr;
}

std::string AsyncProxy::waiting(const Worker& worker) const {
    std::string text;
    if (!used) return text;
    for (const Barrier& barrier : barriers) {
        if (barrier.waiters.empty()) continue;
        if (!text.empty()) text += "; ";
        text += std::to_string(barrier.waiters.size()) + " threads wait for phase " + std::to_string(barrier.phase) + " of the mbarrier at offset " +
                std::to_string(reinterpret_cast<char*>(barrier.address) - worker.shared) + " of shared memory, where " +
                std::to_string(barrier.pending) + " of " + std::to_string(barrier.count) + " arrivals and " +
                std::to_string(barrier.announced - barrier.copied) + " of " + std::to_string(barrier.announced) + " bytes are missing";
    }
    for (unsigned i = 0; i < MAX_GROUPS; ++i) {
        if (groups[i].arrived == 0) continue;
        if (!text.empty()) text += "; ";
        text += std::to_string(groups[i].arrived) + " of the 128 threads of warpgroup " + std::to_string(i) + " wait in " + describe(groups[i].key);
    }
    return text;
}

}  // namespace softcuda
