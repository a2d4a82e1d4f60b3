// The gate of every entry of the driver API. It counts the call, makes it fail when a test asked for that, and checks
// that the driver is initialized and that the calling thread has a live context, before the entry does anything.
#pragma once
#include <atomic>
#include <cstdint>
#include "softcuda/driver_types.h"

#define PARASOL_API extern "C" __attribute__((visibility("default")))

namespace softcuda::driver {

enum class Needs {
    kNothing,   // works before cuInit and can't be failed through "any entry": error names, cuGetProcAddress
    kLibrary,   // works before cuInit
    kDriver,    // after cuInit
    kContext,   // with a current context, even one in which a kernel has failed
    kHealthy    // with a current context whose earlier work has not failed: a sticky error is returned instead
};

struct CallSite {
    CallSite(const char* name, Needs needs);
    CUresult enter();
    const char* const name;
    const Needs needs;
    std::atomic<uint64_t> calls{0};
    CallSite* next = nullptr;
};

// True on a thread that runs a host function of a stream: CUDA calls are not permitted there.
extern thread_local bool insideHostFunction;

// The order in which ready work of several streams and ready nodes of a graph run; 0 keeps the natural order.
uint64_t orderSeed();

}  // namespace softcuda::driver

// First statement of an API entry.
#define PARASOL_ENTER(entry, need) \
    static softcuda::driver::CallSite callSite(#entry, softcuda::driver::Needs::need); \
    if (CUresult refused = callSite.enter()) return refused
