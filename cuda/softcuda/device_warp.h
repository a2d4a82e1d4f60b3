// Operations of a whole warp. Lanes meet by mask: each lane that `mask` names must come with the same operation from
// the same source line, or the launch fails.
#pragma once
#include <stdint.h>
#include <string.h>

#include "softcuda/device_context.h"

namespace softcuda {

enum class Shuffle : int { Index, Up, Down, Xor };
enum class Vote : int { Ballot, Any, All };
enum class Reduction : int { Add, AddUnsigned, Min, MinUnsigned, Max, MaxUnsigned, And, Or, Xor };

void warpBarrier(unsigned mask, unsigned line);
uint64_t shuffle(Shuffle kind, unsigned mask, uint64_t value, int operand, int width, unsigned line);
unsigned vote(Vote kind, unsigned mask, bool predicate, unsigned line);
unsigned reduce(Reduction kind, unsigned mask, unsigned value, unsigned line);

// The wrappers of cuda/ptx; fragments are the calling lane's. d[m][n][4] += a[m][4] b[n][2].
void mmaF16(float* d, const uint32_t* a, const uint32_t* b, int m, int n, unsigned line);
void mmaS8(int* d, const uint32_t* a, const uint32_t* b, int m, int n, unsigned line);
// count instructions of `matrices` 8x8 matrices each: destination[count][matrices], rows[count].
void loadMatrices(uint32_t* destination, const void* const* rows, int count, int matrices, bool transposed, unsigned line);

void asyncCopy(void* shared, const void* global, bool valid, unsigned line);
void asyncCommit();
void asyncWait(int groupsUnderWay);

// sm_90: barriers in shared memory, bulk copies, the fence before asynchronous readers.
void barrierInit(uint64_t* barrier, unsigned count, unsigned line);
void barrierInitFence();
void barrierArrive(uint64_t* barrier, unsigned bytes, unsigned line);
void barrierWait(uint64_t* barrier, unsigned parity, unsigned line);
void bulkCopy(void* shared, const void* global, unsigned bytes, uint64_t* barrier, unsigned line);
void proxyFence();

// sm_90a: products of a warpgroup; d[columns / 2] is the calling thread's part.
uint32_t sharedAddress(const void* shared);
void wgmmaFence();
void wgmmaCommit();
void wgmmaWait(int groupsUnderWay, unsigned line);
void wgmmaF16(float* d, unsigned columns, uint64_t a, uint64_t b, bool accumulate, unsigned line);
void wgmmaS8(int* d, unsigned columns, uint64_t a, uint64_t b, bool accumulate, unsigned line);
void setRegisters(unsigned count, unsigned line);

template <class T>
inline T shuffleValue(Shuffle kind, unsigned mask, T value, int operand, int width, unsigned line) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles move 32 or 64 bits");
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof(T));
    bits = shuffle(kind, mask, bits, operand, width, line);
    memcpy(&value, &bits, sizeof(T));
    return value;
}

}  // namespace softcuda

template <class T>
inline T __shfl_sync(unsigned mask, T value, int sourceLane, int width = 32, unsigned line = __builtin_LINE()) {
    return softcuda::shuffleValue(softcuda::Shuffle::Index, mask, value, sourceLane, width, line);
}
template <class T>
inline T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, unsigned line = __builtin_LINE()) {
    return softcuda::shuffleValue(softcuda::Shuffle::Up, mask, value, static_cast<int>(delta), width, line);
}
template <class T>
inline T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, unsigned line = __builtin_LINE()) {
    return softcuda::shuffleValue(softcuda::Shuffle::Down, mask, value, static_cast<int>(delta), width, line);
}
template <class T>
inline T __shfl_xor_sync(unsigned mask, T value, int laneMask, int width = 32, unsigned line = __builtin_LINE()) {
    return softcuda::shuffleValue(softcuda::Shuffle::Xor, mask, value, laneMask, width, line);
}

inline void __syncwarp(unsigned mask = 0xffffffffu, unsigned line = __builtin_LINE()) { softcuda::warpBarrier(mask, line); }
inline unsigned __ballot_sync(unsigned mask, int predicate, unsigned line = __builtin_LINE()) {
    return softcuda::vote(softcuda::Vote::Ballot, mask, predicate != 0, line);
}
inline int __any_sync(unsigned mask, int predicate, unsigned line = __builtin_LINE()) {
    return static_cast<int>(softcuda::vote(softcuda::Vote::Any, mask, predicate != 0, line));
}
inline int __all_sync(unsigned mask, int predicate, unsigned line = __builtin_LINE()) {
    return static_cast<int>(softcuda::vote(softcuda::Vote::All, mask, predicate != 0, line));
}

inline int __reduce_add_sync(unsigned mask, int value, unsigned line = __builtin_LINE()) {
    return static_cast<int>(softcuda::reduce(softcuda::Reduction::Add, mask, static_cast<unsigned>(value), line));
}
inline unsigned __reduce_add_sync(unsigned mask, unsigned value, unsigned line = __builtin_LINE()) {
    return softcuda::reduce(softcuda::Reduction::AddUnsigned, mask, value, line);
}
inline int __reduce_min_sync(unsigned mask, int value, unsigned line = __builtin_LINE()) {
    return static_cast<int>(softcuda::reduce(softcuda::Reduction::Min, mask, static_cast<unsigned>(value), line));
}
inline unsigned __reduce_min_sync(unsigned mask, unsigned value, unsigned line = __builtin_LINE()) {
    return softcuda::reduce(softcuda::Reduction::MinUnsigned, mask, value, line);
}
inline int __reduce_max_sync(unsigned mask, int value, unsigned line = __builtin_LINE()) {
    return static_cast<int>(softcuda::reduce(softcuda::Reduction::Max, mask, static_cast<unsigned>(value), line));
}
inline unsigned __reduce_max_sync(unsigned mask, unsigned value, unsigned line = __builtin_LINE()) {
    return softcuda::reduce(softcuda::Reduction::MaxUnsigned, mask, value, line);
}
inline unsigned __reduce_and_sync(unsigned mask, unsigned value, unsigned line = __builtin_LINE()) {
    return softcuda::reduce(softcuda::Reduction::And, mask, value, line);
}
inline unsigned __reduce_or_sync(unsigned mask, unsigned value, unsigned line = __builtin_LINE()) {
    return softcuda::reduce(softcuda::Reduction::Or, mask, value, line);
}
inline unsigned __reduce_xor_sync(unsigned mask, unsigned value, unsigned line = __builtin_LINE()) {
    return softcuda::reduce(softcuda::Reduction::Xor, mask, value, line);
}
