// Memory of the software devices: plain and pinned blocks, and virtual memory (address ranges, physical handles,
// mappings). Device addresses are host addresses. Blocks lie between inaccessible pages, so that touching freed memory
// or running off the end is a fault; the tables say what copies and fills may touch.
#pragma once
#include <deque>
#include <map>
#include <shared_mutex>
#include "softcuda/driver_state.h"

namespace softcuda::driver {

enum class BlockKind { kDevice, kPinned, kRegistered };

struct Block {
    uintptr_t base;
    size_t size;
    BlockKind kind;
    Device* device;             // of the context that made it
    std::shared_ptr<Context> context;
    unsigned flags;
    uint64_t id;
    void* reservation;          // with the guard pages; null for registered memory
    size_t reserved;
};

struct Physical {               // what cuMemCreate makes: a stretch of its device's memory file
    Device* device;
    CUmemAllocationProp properties;
    size_t size;
    off_t offset;
    unsigned holders;           // handles not yet released
    unsigned mappings;
    bool live() const { return holders + mappings > 0; }
};

struct Range { uintptr_t base; size_t size; };

struct Mapping {
    uintptr_t base;
    size_t size;
    uint64_t handle;
    std::map<int, int> access;  // by device ordinal: 1 read, 3 read and write
};

class MemoryTable {
public:
    static MemoryTable& instance();

    // Copies and fills hold it shared while they touch memory; whatever unmaps holds it alone.
    std::shared_mutex mutex;

    // Below, the caller holds the mutex: shared for what is const, alone otherwise.
    CUresult allocate(const std::shared_ptr<Context>&, size_t bytes, BlockKind, unsigned flags, uintptr_t* base);
    CUresult registerHost(const std::shared_ptr<Context>&, uintptr_t base, size_t bytes, unsigned flags);
    void release(uintptr_t base);
    void releaseAll(const Context&);
    const Block* find(uintptr_t address, size_t bytes = 1) const;
    const Mapping* mapping(uintptr_t address) const;

    // Whether the device may touch these bytes: plain memory, pinned memory, or mapped memory with the right access.
    bool accessible(uintptr_t address, size_t bytes, const Device&, bool write) const;

    size_t count(BlockKind) const;
    size_t bytes(BlockKind) const;

    std::map<uintptr_t, Block> blocks;
    std::map<uintptr_t, Range> ranges;
    std::map<uintptr_t, Mapping> mappings;
    std::map<uint64_t, Physical> handles;

    // Gives addresses back to the system, but late: until then whoever still uses them meets a fault.
    void retire(void* address, size_t bytes);

private:
    std::deque<std::pair<void*, size_t>> retired_;
};

// Takes bytes of the device's bounded memory; false when there are not so many left.
bool take(Device&, size_t bytes);

// What fills memory that nobody has written yet: NaN in every float format, -1 in every integer.
constexpr unsigned char kPoison = 0xFF;

constexpr size_t kGranularity = 2 << 20;

}  // namespace softcuda::driver
