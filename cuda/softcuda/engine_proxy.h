// What sm_90's asynchronous units add to a block's records: barriers in shared memory, bulk copies, products of
// warpgroups, and which chunks of shared memory they may read.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include <string>
#include <vector>

namespace softcuda {

struct Thread;
struct Worker;

constexpr unsigned GROUP_THREADS = 128;
constexpr unsigned MAX_GROUPS = 8;
constexpr unsigned CHUNK = 16;  // bytes
// Dynamic shared memory begins at a multiple of this; swizzle patterns repeat at most every 1024 bytes.
constexpr size_t SHARED_ALIGNMENT = 1024;

enum class ChunkState : uint8_t {
    Settled,
    UnderWay,  // a copy was started and has not landed
    Unfenced,  // written by cp.async, and its thread has not called fence.proxy.async
};

struct BulkCopy {
    char* destination;
    const char* source;
    unsigned bytes;
};

// An mbarrier. A phase whose conditions are met is closed when someone looks at the barrier next: copies land as late as they can.
struct Barrier {
    uint64_t* address;
    unsigned count;    // arrivals of a phase
    unsigned pending;  // that are still missing
    unsigned phase;    // number of the running phase
    uint64_t announced, copied;  // bytes in the running phase
    bool fenced;       // fence.mbarrier_init came behind the initialisation
    std::vector<BulkCopy> copies;
    std::vector<Thread*> waiters;
};

enum class Factors : uint8_t { F16, S8 };

// One product that was issued and whose group is not over.
struct Product {
    uint64_t a, b;
    unsigned columns, group, sum, line;
    Factors factors;
    bool accumulate;
};

// D of a warpgroup while products on it are under way, row by row: fp32 numbers or integers, as words.
struct Sum {
    void* parts[GROUP_THREADS];
    unsigned columns;
    unsigned under;  // products under way
    Factors factors;
    std::vector<uint32_t> d;
};

// What a thread brings to a product.
struct ProductArgument {
    void* d;
    uint64_t a, b;
};

struct Warpgroup {
    uint64_t key = 0;  // of the operation that some of the threads have reached
    unsigned arrived = 0;
    Thread* threads[GROUP_THREADS];
    ProductArgument argument[GROUP_THREADS];
    unsigned committed[GROUP_THREADS];  // groups
    bool fenced[GROUP_THREADS];
    std::vector<Product> products;  // oldest first
    std::vector<Sum> sums;
};

struct AsyncProxy {
    bool used = false;  // in this block
    std::vector<Barrier> barriers;
    std::vector<ChunkState> chunks;                    // of dynamic shared memory
    std::vector<std::vector<uint32_t>> unfenced;       // by thread: chunks
    Warpgroup groups[MAX_GROUPS];

    void begin(Worker& worker);  // at the first use in a block
    void reset();                // after each block
    void mark(Worker& worker, const void* address, size_t bytes, ChunkState state);
    // The first chunk of the bytes that is not settled, or null.
    const ChunkState* unsettled(const Worker& worker, const char* address, size_t bytes) const;
    std::string waiting(const Worker& worker) const;  // who waits for which barrier or warpgroup
};

}  // namespace softcuda
