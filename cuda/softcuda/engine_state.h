// The engine's records of a launch, a worker, its block, warps, threads and their stacks.
//
// A worker is an OS thread that runs one block at a time. A CUDA thread of the block runs on a stack of its own (a
// fiber) as soon as it has to wait; one that never waits shares a stack with those before and after it.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "softcuda/device_context.h"
#include "softcuda/engine.h"
#include "softcuda/engine_proxy.h"

namespace softcuda {

constexpr int LANES = 32;
constexpr int MAX_BLOCK_THREADS = 1024;
constexpr int MAX_WARPS = MAX_BLOCK_THREADS / LANES;
constexpr int SUCCESS = 0, INVALID_VALUE = 1, ILLEGAL_ADDRESS = 700, OUT_OF_RESOURCES = 701, STACK_ERROR = 714, LAUNCH_FAILED = 719;

struct Warp;
struct Worker;

struct Stack {
    char* low;   // first byte above the guard page
    char* top;   // where the first frame begins, spread over cache sets
    size_t size;  // of the usable part
};

// Asynchronous copies of one group, 16 bytes each, at equal steps.
struct AsyncRun {
    char* destination;
    const char* source;
    ptrdiff_t destinationStep, sourceStep;
    unsigned count;
    unsigned group;
    bool zeros;  // instead of the source
};

// A thread's copies under way, oldest first.
struct AsyncQueue {
    std::vector<AsyncRun> runs;
    unsigned committed = 0;  // groups
};

// One CUDA thread of the running block.
struct Thread : ThreadContext {
    void* sp;  // where it waits; null when it has not begun
    Warp* warp;
    Stack* stack;
    unsigned slot;    // place in its warp's order of execution
    unsigned number;  // linear index within the block
    void* tsanFiber;
};

enum class Operation : uint8_t { SyncWarp, Shuffle, Vote, Reduce, MmaF16, MmaS8, LoadMatrix, WgmmaF16, WgmmaS8, WgmmaWait, SetRegisters };

// A warp operation that some lanes have reached and others have not.
struct Meet {
    uint64_t key;  // line << 32 | operation << 24 | details
    unsigned mask;
    unsigned arrived;
};

// What a lane brings to a warp operation.
struct Fragments {
    void* d;
    const void* a;
    const void* b;
};

struct Warp {
    Thread* threads;    // by slot
    unsigned runnable;  // slots that have not begun or were let go on
    unsigned alive;     // lanes that have not ended
    unsigned lanes;     // lanes that exist
    unsigned bit;       // in Worker::ready
    unsigned meets;     // how many of `meet` are open
    uint8_t slotOfLane[LANES];
    Meet meet[LANES];
    uint64_t value[LANES];
    uint64_t result[LANES];
    Fragments fragments[LANES];
};

// One kernel launch, shared by the workers.
struct Launch {
    const KernelEntry* kernel;
    LaunchConfig config;
    const void* params;
    uint64_t seed;
    uint64_t blocks;
    std::atomic<uint64_t> next{0};
    std::atomic<bool> failed{false};
    std::mutex mutex;  // guards result
    LaunchResult result;
};

struct Worker {
    // The GS segment: see currentThread and currentBlock.
    Thread* current = nullptr;
    BlockContext* context = nullptr;
    Worker* self = nullptr;

    BlockContext block{};
    Launch* launch = nullptr;
    void* schedulerSp = nullptr;  // where runBlock waits while fibers run
    volatile bool onFiber = false;
    bool aborted = false;

    unsigned ready = 0;   // warps with something runnable
    unsigned allReady = 0;
    unsigned live = 0;    // threads that have not ended
    unsigned threadCount = 0;
    unsigned warpCount = 0;
    unsigned barrierArrived = 0;
    unsigned barrierLine = 0;

    std::vector<Thread> threads;
    std::vector<Warp> warps;
    std::vector<AsyncQueue> copies;  // by thread
    bool copiesUsed = false;         // in this block
    AsyncProxy proxy;                // sm_90

    std::vector<Stack*> stacks;      // all of them
    std::vector<Stack*> freeStacks;
    char* shared = nullptr;          // dynamic shared memory
    size_t sharedBytes = 0;          // of the launch
    size_t sharedCapacity = 0;
    char* staticShared = nullptr;    // thread-local storage, where static shared memory lies
    size_t staticSharedBytes = 0;

    // What a signal handler found when it abandoned a fiber.
    int faultSignal = 0;
    const char* faultAddress = nullptr;

    // Sanitizers.
    const void* osStack = nullptr;
    size_t osStackBytes = 0;
    std::vector<void*> tsanFibers;
    void* tsanMain = nullptr;
    char beginToken = 0, endToken = 0, barrierToken = 0;
};

inline Worker& currentWorker() {
    Worker* worker;
    asm("movq %%gs:16, %0" : "=r"(worker));
    return *worker;
}
static_assert(offsetof(Worker, current) == 0 && offsetof(Worker, context) == 8 && offsetof(Worker, self) == 16, "layout of the GS segment");

// engine_stack.cpp
// A CUDA thread's stack from its first instruction on. ThreadSanitizer builds keep one for each thread of a block, since
// it would take two threads that use one stack in turn for a race.
#ifdef PARASOL_TSAN
constexpr bool STACK_PER_THREAD = true;
#else
constexpr bool STACK_PER_THREAD = false;
#endif
Stack* takeStack(Worker& worker, unsigned thread);
inline void giveStack(Worker& worker, Stack* stack) {
    if (!STACK_PER_THREAD) worker.freeStacks.push_back(stack);
}
void takeBackStacks(Worker& worker);  // all of them, after a failure
const Stack* stackGuardedAt(const Worker& worker, const char* address);  // the stack whose guard page holds the address

// engine_schedule.cpp
void prepareWorker(Worker& worker, Launch& launch);        // before the first block of a launch
void runBlock(Worker& worker, uint64_t block);             // runs one block to its end or to a failure
void waitForOthers(Worker& worker, Thread& thread);        // runs others until someone lets this thread go on
// Lets a waiting thread go on.
inline void makeRunnable(Worker& worker, Thread& thread) {
    thread.warp->runnable |= 1u << thread.slot;
    worker.ready |= thread.warp->bit;
}

// Unwinds the failing thread to the beginning of its stack, where the running block is left.
struct Abandoned {};

// engine_failure.cpp
void recordFailure(Launch& launch, int code, const std::string& message);
std::string whereabouts(const Worker& worker, const Thread& thread);
std::string describe(uint64_t key);  // "__shfl_sync at line 12"
std::string laneList(unsigned lanes);
std::string waiting(const Worker& worker);  // who waits where
[[noreturn]] void failThread(Worker& worker, const Thread& thread, const std::string& message, int code = LAUNCH_FAILED);

// engine_fault.cpp
void installFaultHandlers();
void enterFaultHandling(Worker& worker);  // once in each worker
void reportFault(Worker& worker);         // after a handler abandoned the block

// Whether the bytes lie in the running block's dynamic or static shared memory.
inline bool insideShared(const Worker& worker, const void* address, size_t bytes) {
    const auto within = [&](const char* begin, size_t size) {
        const size_t offset = reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(begin);
        return offset < size && size - offset >= bytes;
    };
    return within(worker.shared, worker.sharedBytes) || within(worker.staticShared, worker.staticSharedBytes);
}

}  // namespace softcuda
