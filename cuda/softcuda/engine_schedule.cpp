// Which thread of a block runs next.
//
// A thread runs until it ends or has to wait; then the next runnable slot of its warp goes on, and when the warp has
// none, the next warp with one. When nothing is runnable and threads are left, the block is deadlocked and the launch
// fails. A thread that begins takes over the stack of one that has just ended, so a kernel that never waits runs all
// its threads on one stack without a switch.
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <new>
#include <numeric>
#include <random>

#include "softcuda/engine_sanitizer.h"
#include "softcuda/engine_state.h"
#include "softcuda/engine_switch.h"

namespace softcuda {

namespace {

constexpr unsigned char POISON = 0xff;         // a NaN in fp32 and fp16, -1 in integers
constexpr unsigned char CANARY = 0xca;
constexpr size_t CANARY_BYTES = SANITIZED ? 0 : 64;  // AddressSanitizer has its own

// The first set bit at or after `begin`, going round.
inline unsigned nextBit(unsigned bits, unsigned begin) {
    begin &= 31;
    const unsigned rotated = bits >> begin | bits << (-begin & 31);
    return (begin + static_cast<unsigned>(__builtin_ctz(rotated))) & 31;
}

// Takes the next runnable thread after `previous`, or null when there is none.
inline Thread* takeNext(Worker& worker, const Thread& previous) {
    Warp* warp = previous.warp;
    unsigned slot;
    if (__builtin_expect(warp->runnable != 0, 1)) {
        slot = nextBit(warp->runnable, previous.slot + 1);
    } else {
        if (worker.ready == 0) return nullptr;
        warp = &worker.warps[nextBit(worker.ready, static_cast<unsigned>(__builtin_ctz(warp->bit)) + 1)];
        slot = nextBit(warp->runnable, 0);
    }
    warp->runnable &= ~(1u << slot);
    if (warp->runnable == 0) worker.ready &= ~warp->bit;
    return &warp->threads[slot];
}

[[noreturn]] void fiberMain();

// Gives a thread that has not begun a stack of its own.
inline void begin(Worker& worker, Thread& thread) {
    thread.stack = takeStack(worker, thread.number);
    thread.sp = beginStack(thread.stack->top, fiberMain);
}

// Goes on with `next`; the stack left behind goes on when someone switches back to `*save`.
inline void switchTo(Worker& worker, void** save, void** fakeStack, Thread& next) {
    if (next.sp == nullptr) begin(worker, next);
    worker.current = &next;
    leaveStack(fakeStack, next.stack->low, next.stack->size);
    becomeFiber(next.tsanFiber);
    softcuda_switch(save, next.sp);
}

// Books the end of a thread; returns who is next, or null when the block is done.
Thread* finish(Worker& worker, Thread& thread) {
    Warp& warp = *thread.warp;
    const unsigned bit = 1u << thread.lane;
    warp.alive &= ~bit;
    --worker.live;
    for (unsigned i = 0; i < warp.meets; ++i) {
        const Meet& meet = warp.meet[i];
        if (meet.mask & bit) {
            failThread(worker, thread, "the thread ended, but lanes " + laneList(meet.arrived) + " of its warp wait for it in " + describe(meet.key));
        }
    }
    if (worker.barrierArrived != 0) {
        failThread(worker, thread, "the thread ended while " + std::to_string(worker.barrierArrived) +
                                       " threads of its block wait in __syncthreads at line " + std::to_string(worker.barrierLine));
    }
    releaseTo(&worker.endToken);
    if (worker.live == 0) return nullptr;
    Thread* next = takeNext(worker, thread);
    if (next == nullptr) failThread(worker, thread, "deadlock after the thread ended: " + waiting(worker));
    return next;
}

[[noreturn]] void leaveForScheduler(Worker& worker) {
    void* unused;
    worker.current = nullptr;
    leaveStack(nullptr, worker.osStack, worker.osStackBytes);
    becomeFiber(worker.tsanMain);
    softcuda_switch(&unused, worker.schedulerSp);
    __builtin_unreachable();
}

void fiberMain() {
    enterStack(nullptr);
    Worker& worker = currentWorker();
    const KernelEntry& kernel = *worker.launch->kernel;
    const void* params = worker.launch->params;
    for (;;) {
        Thread& thread = *worker.current;
        Thread* next;
        acquireFrom(&worker.beginToken);
        try {
            kernel.body(params);
            next = finish(worker, thread);
        } catch (const Abandoned&) {
            worker.aborted = true;
            next = nullptr;
        }
        if (next == nullptr) {
            giveStack(worker, thread.stack);
            leaveForScheduler(worker);
        }
        if (next->sp != nullptr || STACK_PER_THREAD) {
            void* unused;
            giveStack(worker, thread.stack);
            switchTo(worker, &unused, nullptr, *next);
            __builtin_unreachable();
        }
        next->stack = thread.stack;
        worker.current = next;
        becomeFiber(next->tsanFiber);
    }
}

std::vector<unsigned> order(unsigned count, uint64_t seed) {
    std::vector<unsigned> permutation(count);
    std::iota(permutation.begin(), permutation.end(), 0u);
    if (seed != 0) {
        std::mt19937_64 random(seed);
        std::shuffle(permutation.begin(), permutation.end(), random);
    }
    return permutation;
}

void layOutWarp(Worker& worker, unsigned place, unsigned warpNumber, uint64_t seed) {
    const dim3& size = worker.block.size;
    Warp& warp = worker.warps[place];
    const unsigned lanes = std::min<unsigned>(LANES, worker.threadCount - warpNumber * LANES);
    warp.threads = &worker.threads[place * LANES];
    warp.bit = 1u << place;
    warp.lanes = lanes == LANES ? ~0u : (1u << lanes) - 1;
    const std::vector<unsigned> lanesInOrder = order(lanes, seed == 0 ? 0 : seed + warpNumber);
    for (unsigned slot = 0; slot < lanes; ++slot) {
        const unsigned lane = lanesInOrder[slot];
        const unsigned linear = warpNumber * LANES + lane;
        Thread& thread = warp.threads[slot];
        thread.index = uint3{linear % size.x, linear / size.x % size.y, linear / size.x / size.y};
        thread.lane = lane;
        thread.slot = slot;
        thread.warp = &warp;
        thread.number = linear;
        warp.slotOfLane[lane] = static_cast<uint8_t>(slot);
        thread.tsanFiber = SANITIZED && !worker.tsanFibers.empty() ? worker.tsanFibers[linear] : nullptr;
    }
}

void prepareShared(Worker& worker, size_t bytes) {
    const size_t wanted = bytes + CANARY_BYTES;
    // Sanitizer builds allocate exactly, so that overruns are seen.
    if (SANITIZED ? wanted == worker.sharedCapacity : wanted <= worker.sharedCapacity) return;
    free(worker.shared);
    worker.shared = nullptr;
    worker.sharedCapacity = 0;
    void* memory;
    if (posix_memalign(&memory, SHARED_ALIGNMENT, wanted) != 0) throw std::bad_alloc();
    worker.shared = static_cast<char*>(memory);
    worker.sharedCapacity = wanted;
}

void resetBlock(Worker& worker) {
    for (unsigned i = 0; i < worker.warpCount; ++i) {
        Warp& warp = worker.warps[i];
        const unsigned lanes = static_cast<unsigned>(__builtin_popcount(warp.lanes));
        warp.alive = warp.lanes;
        warp.runnable = warp.lanes;  // slots 0 .. lanes - 1: the same bits
        warp.meets = 0;
        for (unsigned slot = 0; slot < lanes; ++slot) warp.threads[slot].sp = nullptr;
    }
    worker.ready = worker.allReady;
    worker.live = worker.threadCount;
    worker.barrierArrived = 0;
    worker.aborted = false;
    const size_t bytes = worker.sharedBytes;
    if (bytes != 0) memset(worker.shared, POISON, bytes);
    if (CANARY_BYTES != 0) memset(worker.shared + bytes, CANARY, CANARY_BYTES);
}

void checkCanary(Worker& worker) {
    const size_t bytes = worker.sharedBytes;
    for (size_t i = 0; i < CANARY_BYTES; ++i) {
        if (static_cast<unsigned char>(worker.shared[bytes + i]) == CANARY) continue;
        const uint3& b = worker.block.index;
        recordFailure(*worker.launch, ILLEGAL_ADDRESS,
                      std::string(worker.launch->kernel->name) + ": block (" + std::to_string(b.x) + ", " + std::to_string(b.y) + ", " +
                          std::to_string(b.z) + ") wrote past its " + std::to_string(bytes) + " bytes of dynamic shared memory");
        return;
    }
}

// Copies that nobody waited for vanish with their destination.
void forgetCopies(Worker& worker) {
    if (!worker.copiesUsed) return;
    worker.copiesUsed = false;
    for (unsigned i = 0; i < worker.threadCount; ++i) {
        worker.copies[i].runs.clear();
        worker.copies[i].committed = 0;
    }
}

// After a failure: what the abandoned threads did comes before what the host does, and their call stacks never unwound.
void forgetFibers([[maybe_unused]] Worker& worker) {
#ifdef PARASOL_TSAN
    for (void* fiber : worker.tsanFibers) {
        becomeFiber(fiber);
        releaseTo(&worker.endToken);
        becomeFiber(worker.tsanMain);
        __tsan_destroy_fiber(fiber);
    }
    worker.tsanFibers.clear();
    acquireFrom(&worker.endToken);
#endif
}

}  // namespace

void prepareWorker(Worker& worker, Launch& launch) {
    const LaunchConfig& config = launch.config;
    worker.launch = &launch;
    worker.block.size = dim3(config.block.x, config.block.y, config.block.z);
    worker.block.grid = dim3(config.grid.x, config.grid.y, config.grid.z);
    worker.threadCount = config.block.x * config.block.y * config.block.z;
    worker.warpCount = (worker.threadCount + LANES - 1) / LANES;
    worker.allReady = worker.warpCount == 32 ? ~0u : (1u << worker.warpCount) - 1;
    if (worker.threads.empty()) {
        worker.threads.resize(MAX_BLOCK_THREADS);
        worker.warps.resize(MAX_WARPS);
        worker.copies.resize(MAX_BLOCK_THREADS);
        // Fibers take and return stacks: these must not grow under them.
        worker.stacks.reserve(2 * MAX_BLOCK_THREADS);
        worker.freeStacks.reserve(2 * MAX_BLOCK_THREADS);
    }
    prepareShared(worker, config.dynamicShared);
    worker.sharedBytes = config.dynamicShared;
    worker.block.dynamicShared = worker.shared;
    worker.block.dynamicSharedBytes = config.dynamicShared;
#ifdef PARASOL_TSAN
    while (worker.tsanFibers.size() < worker.threadCount) worker.tsanFibers.push_back(__tsan_create_fiber(0));
    worker.tsanMain = __tsan_get_current_fiber();
#endif
    const std::vector<unsigned> warpsInOrder = order(worker.warpCount, launch.seed);
    for (unsigned place = 0; place < worker.warpCount; ++place) layOutWarp(worker, place, warpsInOrder[place], launch.seed);
}

void runBlock(Worker& worker, uint64_t block) {
    const Dim3& grid = worker.launch->config.grid;
    worker.block.index = uint3{static_cast<unsigned>(block % grid.x), static_cast<unsigned>(block / grid.x % grid.y),
                               static_cast<unsigned>(block / grid.x / grid.y)};
    resetBlock(worker);
    releaseTo(&worker.beginToken);
    Thread& first = worker.warps[0].threads[0];
    worker.warps[0].runnable &= ~1u;
    if (worker.warps[0].runnable == 0) worker.ready &= ~worker.warps[0].bit;
    void* fakeStack = nullptr;
    worker.onFiber = true;
    switchTo(worker, &worker.schedulerSp, &fakeStack, first);
    worker.onFiber = false;
    enterStack(fakeStack);
    forgetCopies(worker);
    worker.proxy.reset();
    if (worker.faultSignal != 0) {
        becomeFiber(worker.tsanMain);
        reportFault(worker);
    }
    if (worker.aborted) {
        takeBackStacks(worker);
        forgetFibers(worker);
        return;
    }
    acquireFrom(&worker.endToken);
    checkCanary(worker);
}

void waitForOthers(Worker& worker, Thread& thread) {
    Thread* next = takeNext(worker, thread);
    if (__builtin_expect(next == nullptr, 0)) failThread(worker, thread, "deadlock: " + waiting(worker));
    void* fakeStack = nullptr;
    switchTo(worker, &thread.sp, &fakeStack, *next);
    enterStack(fakeStack);
}

void blockBarrier(unsigned line) {
    Worker& worker = currentWorker();
    Thread& thread = *worker.current;
    if (__builtin_expect(worker.live != worker.threadCount, 0)) {
        failThread(worker, thread, "divergent __syncthreads at line " + std::to_string(line) + ": " +
                                       std::to_string(worker.threadCount - worker.live) + " threads of the block have ended");
    }
    if (worker.barrierArrived == 0) {
        worker.barrierLine = line;
    } else if (__builtin_expect(worker.barrierLine != line, 0)) {
        failThread(worker, thread, "divergent __syncthreads: this thread is at line " + std::to_string(line) + ", " +
                                       std::to_string(worker.barrierArrived) + " threads wait at line " + std::to_string(worker.barrierLine));
    }
    if (++worker.barrierArrived < worker.threadCount) {
        waitForOthers(worker, thread);
        return;
    }
    worker.barrierArrived = 0;
#ifdef PARASOL_TSAN
    for (unsigned pass = 0; pass < 2; ++pass) {
        for (unsigned i = 0; i < worker.threadCount; ++i) {
            becomeFiber(worker.tsanFibers[i]);
            if (pass == 0) releaseTo(&worker.barrierToken);
            if (pass == 1) acquireFrom(&worker.barrierToken);
        }
    }
    becomeFiber(thread.tsanFiber);
#endif
    for (unsigned i = 0; i < worker.warpCount; ++i) worker.warps[i].runnable = worker.warps[i].lanes;
    thread.warp->runnable &= ~(1u << thread.slot);
    worker.ready = worker.allReady;
    if (thread.warp->runnable == 0) worker.ready &= ~thread.warp->bit;
}

}  // namespace softcuda
