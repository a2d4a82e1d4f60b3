// Stacks for fibers: mapped in groups, each above a guard page, kept for the worker's life.
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <stdexcept>

#include "softcuda/engine_sanitizer.h"
#include "softcuda/engine_state.h"

namespace softcuda {

namespace {

constexpr size_t GUARD = 4096;
constexpr size_t USABLE = SANITIZED ? 256 * 1024 : 64 * 1024;
constexpr size_t GROUP = 32;

void addGroup(Worker& worker) {
    const size_t stride = GUARD + USABLE;
    void* memory = mmap(nullptr, GROUP * stride, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error(std::string("no memory for the stacks of CUDA threads: ") + strerror(errno));
    for (size_t i = 0; i < GROUP; ++i) {
        char* guard = static_cast<char*>(memory) + i * stride;
        if (mprotect(guard, GUARD, PROT_NONE) != 0) throw std::runtime_error(std::string("no guard page: ") + strerror(errno));
        // All stacks end at the same offset within a page, hence in the same cache sets: begin them at different lines.
        const size_t color = worker.stacks.size() * 17 % 64 * 64;
        worker.stacks.push_back(new Stack{guard + GUARD, guard + stride - color, USABLE});
        if (!STACK_PER_THREAD) worker.freeStacks.push_back(worker.stacks.back());
    }
}

}  // namespace

Stack* takeStack(Worker& worker, [[maybe_unused]] unsigned thread) {
    if (STACK_PER_THREAD) {
        while (worker.stacks.size() <= thread) addGroup(worker);
        return worker.stacks[thread];
    }
    if (worker.freeStacks.empty()) addGroup(worker);
    Stack* stack = worker.freeStacks.back();
    worker.freeStacks.pop_back();
    forgetPoison(stack->low, stack->size);
    return stack;
}

void takeBackStacks(Worker& worker) {
    if (!STACK_PER_THREAD) worker.freeStacks = worker.stacks;
}

const Stack* stackGuardedAt(const Worker& worker, const char* address) {
    for (const Stack* stack : worker.stacks) {
        if (address >= stack->low - GUARD && address < stack->low) return stack;
    }
    return nullptr;
}

}  // namespace softcuda
