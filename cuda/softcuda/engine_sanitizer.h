// What the sanitizers must be told about fibers. All of it vanishes in ordinary builds.
//
// Under ThreadSanitizer each CUDA thread is a fiber of its own and switches do not synchronise, so that races between
// threads of one block are found; only what CUDA orders is ordered: launch, __syncthreads and __syncwarp. The engine
// itself is built without instrumentation (its records are no business of the kernels) and with PARASOL_TSAN.
#pragma once
#include <stddef.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef PARASOL_TSAN
#include <sanitizer/tsan_interface.h>
extern "C" {
void __tsan_read_range(void* address, unsigned long bytes);
void __tsan_write_range(void* address, unsigned long bytes);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

namespace softcuda {

#if defined(__SANITIZE_ADDRESS__) || defined(PARASOL_TSAN)
constexpr bool SANITIZED = true;
#else
constexpr bool SANITIZED = false;
#endif

// AddressSanitizer: before a switch to another stack, and first thing after it. `save` null: the old stack is done with.
inline void leaveStack([[maybe_unused]] void** save, [[maybe_unused]] const void* low, [[maybe_unused]] size_t bytes) {
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_start_switch_fiber(save, low, bytes);
#endif
}
inline void enterStack([[maybe_unused]] void* save) {
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber(save, nullptr, nullptr);
#endif
}
// A stack that is used again may carry the marks of frames that were abandoned.
inline void forgetPoison([[maybe_unused]] void* low, [[maybe_unused]] size_t bytes) {
#ifdef __SANITIZE_ADDRESS__
    __asan_unpoison_memory_region(low, bytes);
#endif
}

// ThreadSanitizer.
inline void becomeFiber([[maybe_unused]] void* fiber) {
#ifdef PARASOL_TSAN
    __tsan_switch_to_fiber(fiber, __tsan_switch_to_fiber_no_sync);
#endif
}
inline void releaseTo([[maybe_unused]] void* token) {
#ifdef PARASOL_TSAN
    __tsan_release(token);
#endif
}
inline void acquireFrom([[maybe_unused]] void* token) {
#ifdef PARASOL_TSAN
    __tsan_acquire(token);
#endif
}
// A stretch in which the engine allocates, copies or clears its own records in the name of a CUDA thread: these calls of
// the C library are watched even where the engine is not. Nothing is noted within it.
class Unwatched {
public:
#ifdef PARASOL_TSAN
    Unwatched() {
        AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
        AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
    }
    ~Unwatched() {
        AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
        AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
    }
#else
    Unwatched() {}
    ~Unwatched() {}
#endif
    Unwatched(const Unwatched&) = delete;
};

// Accesses that the engine makes for the running CUDA thread.
inline void noteRead([[maybe_unused]] const void* address, [[maybe_unused]] size_t bytes) {
#ifdef PARASOL_TSAN
    __tsan_read_range(const_cast<void*>(address), bytes);
#endif
}
inline void noteWrite([[maybe_unused]] void* address, [[maybe_unused]] size_t bytes) {
#ifdef PARASOL_TSAN
    __tsan_write_range(address, bytes);
#endif
}

}  // namespace softcuda
