// Atomic operations on global and shared memory, and memory fences.
//
// Atomics are real ones since blocks run on several cores. They acquire and release, which is stronger than a GPU's:
// together with fences, which ThreadSanitizer does not model, they order memory.
#pragma once
#include <stdint.h>
#include <string.h>

namespace softcuda {

// Replaces *address by change(*address) in one atomic step, and returns what was there.
template <class T, class Change>
inline T atomicUpdate(T* address, Change change) {
    T seen;
    __atomic_load(address, &seen, __ATOMIC_RELAXED);
    T wanted = change(seen);
    while (!__atomic_compare_exchange(address, &seen, &wanted, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) wanted = change(seen);
    return seen;
}

}  // namespace softcuda

#define PARASOL_ATOMIC_INTEGER(T)                                                                                         \
    inline T atomicAdd(T* address, T value) { return __atomic_fetch_add(address, value, __ATOMIC_ACQ_REL); }              \
    inline T atomicSub(T* address, T value) { return __atomic_fetch_sub(address, value, __ATOMIC_ACQ_REL); }              \
    inline T atomicAnd(T* address, T value) { return __atomic_fetch_and(address, value, __ATOMIC_ACQ_REL); }              \
    inline T atomicOr(T* address, T value) { return __atomic_fetch_or(address, value, __ATOMIC_ACQ_REL); }                \
    inline T atomicXor(T* address, T value) { return __atomic_fetch_xor(address, value, __ATOMIC_ACQ_REL); }              \
    inline T atomicExch(T* address, T value) { return __atomic_exchange_n(address, value, __ATOMIC_ACQ_REL); }            \
    inline T atomicCAS(T* address, T compare, T value) {                                                                  \
        __atomic_compare_exchange_n(address, &compare, value, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);                 \
        return compare;                                                                                                   \
    }                                                                                                                     \
    inline T atomicMax(T* address, T value) {                                                                             \
        return softcuda::atomicUpdate(address, [value](T old) { return old > value ? old : value; });                     \
    }                                                                                                                     \
    inline T atomicMin(T* address, T value) {                                                                             \
        return softcuda::atomicUpdate(address, [value](T old) { return old < value ? old : value; });                     \
    }
PARASOL_ATOMIC_INTEGER(int)
PARASOL_ATOMIC_INTEGER(unsigned)
PARASOL_ATOMIC_INTEGER(unsigned long long)
#undef PARASOL_ATOMIC_INTEGER

inline float atomicAdd(float* address, float value) {
    return softcuda::atomicUpdate(address, [value](float old) { return old + value; });
}
inline double atomicAdd(double* address, double value) {
    return softcuda::atomicUpdate(address, [value](double old) { return old + value; });
}
inline float atomicExch(float* address, float value) {
    return softcuda::atomicUpdate(address, [value](float) { return value; });
}

// Atomics already order memory (see above) and x86 keeps the order of stores.
inline void __threadfence_block() { asm volatile("" ::: "memory"); }
inline void __threadfence() { asm volatile("mfence" ::: "memory"); }
inline void __threadfence_system() { asm volatile("mfence" ::: "memory"); }
