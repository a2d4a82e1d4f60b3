// The software device's execution engine: runs a kernel, compiled by g++ from its .cu source, thread by thread.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include <string>

namespace softcuda {

struct Dim3 {
    unsigned x = 1, y = 1, z = 1;
};

struct LaunchConfig {
    Dim3 grid, block;
    size_t dynamicShared = 0;  // bytes
};

// A kernel as PARASOL_KERNEL registers it.
struct KernelEntry {
    const char* name;
    void (*body)(const void* params);
    size_t paramBytes;
    int maxThreads;       // of a block
    size_t staticShared;  // bytes, 0 when not known
};

// Called by static constructors; two kernels of one name end the process.
void registerKernel(const KernelEntry& entry);

// Null when no kernel has that name. The entry lives as long as the process.
const KernelEntry* findKernel(const char* name);

// code is a CUresult: 0, 1 (invalid value), 700 (illegal address), 701 (out of resources), 714 (stack), 719 (launch failed).
struct LaunchResult {
    int code = 0;
    std::string message;
};

// Runs the whole grid and returns when it has ended, or as soon as it has failed; a failure is also printed on stderr.
// Thread-safe: launches of several host threads run one after the other.
// Threads give way only where they wait for others (barriers and warp operations): one that spins until another writes
// to memory spins for ever.
LaunchResult launch(const KernelEntry& kernel, const LaunchConfig& config, const void* params);

// Changes the order in which the threads of a block and the warps are run from the next launch on; 0 is their natural order.
void setSeed(uint64_t seed);

// Worker threads that share the blocks of a grid (PARASOL_SOFT_THREADS, else the machine's cores).
int workerCount();

// Shared memory that one block may use, in bytes, by PARASOL_SOFT_CAPABILITY (default 8.0).
size_t sharedMemoryLimit();

// Whether kernels may use mbarrier, bulk copies and wgmma: PARASOL_SOFT_CAPABILITY is 9.x.
bool hasHopperUnits();

}  // namespace softcuda
