// Where a running thread finds itself: threadIdx, blockIdx, blockDim, gridDim, the barrier, and traps.
#pragma once
#include "softcuda/device_types.h"
#include "softcuda/engine.h"

namespace softcuda {

// The beginning of the engine's record of a thread.
struct ThreadContext {
    uint3 index;
    unsigned lane;
};

// The beginning of the engine's record of the block that a worker runs.
struct BlockContext {
    uint3 index;
    dim3 size;
    dim3 grid;
    void* dynamicShared;
    size_t dynamicSharedBytes;
};

// Each worker's GS segment begins with the addresses of the thread and the block that it runs. (Ordinary
// thread-local variables would cost a call each: the library is loaded late, and its thread-local storage is too large
// for the static model because the blocks' shared memory lies there.) Within a fiber these addresses never change, so
// the compiler may keep them.
inline const ThreadContext& currentThread() {
    const ThreadContext* thread;
    asm("movq %%gs:0, %0" : "=r"(thread));
    return *thread;
}

inline const BlockContext& currentBlock() {
    const BlockContext* block;
    asm("movq %%gs:8, %0" : "=r"(block));
    return *block;
}

struct KernelRegistrar {
    KernelRegistrar(const KernelEntry& entry) { registerKernel(entry); }
};

// Fails the launch when a thread of the block has ended or waits elsewhere. `line` is the caller's source line.
void blockBarrier(unsigned line);
[[noreturn]] void trap(unsigned line);

}  // namespace softcuda

#define threadIdx (::softcuda::currentThread().index)
#define blockIdx (::softcuda::currentBlock().index)
#define blockDim (::softcuda::currentBlock().size)
#define gridDim (::softcuda::currentBlock().grid)
static constexpr int warpSize = 32;

inline void __syncthreads(unsigned line = __builtin_LINE()) { softcuda::blockBarrier(line); }
[[noreturn]] inline void __trap(unsigned line = __builtin_LINE()) { softcuda::trap(line); }
