#include "softcuda/driver_memory_table.h"
#include <sys/mman.h>
#include <unistd.h>
#include <cstring>

namespace softcuda::driver {

namespace {

constexpr size_t kPage = 4096, kPattern = 2 << 20, kAlignment = 256;
constexpr size_t kRetiredBlocks = 1024;

size_t roundUp(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }

// A file of poison. Blocks are private views of it, so poison costs nothing until a page is written.
int patternFile() {
    static const int file = [] {
        int fd = memfd_create("softcuda-poison", MFD_CLOEXEC);
        std::vector<char> poison(kPattern, char(kPoison));
        if (fd < 0 || write(fd, poison.data(), kPattern) != ssize_t(kPattern)) { perror("softcuda: memfd_create"); abort(); }
        return fd;
    }();
    return file;
}

// Inaccessible addresses with poisoned pages in the middle; null when the system has none left.
char* mapGuarded(size_t pages) {
    void* reservation = mmap(nullptr, pages + 2 * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reservation == MAP_FAILED) return nullptr;
    char* first = static_cast<char*>(reservation) + kPage;
    for (size_t at = 0; at < pages; at += kPattern) {
        size_t piece = std::min(kPattern, pages - at);
        if (mmap(first + at, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, patternFile(), 0) == MAP_FAILED) {
            munmap(reservation, pages + 2 * kPage);
            return nullptr;
        }
    }
    return static_cast<char*>(reservation);
}

}  // namespace

MemoryTable& MemoryTable::instance() {
    static MemoryTable& table = *new MemoryTable;  // never destroyed: threads may outlive main
    return table;
}

bool take(Device& device, size_t bytes) {
    size_t used = device.used;
    do {
        if (bytes > device.memory || used > device.memory - bytes) return false;
    } while (!device.used.compare_exchange_weak(used, used + bytes));
    return true;
}

CUresult MemoryTable::allocate(const std::shared_ptr<Context>& context, size_t bytes, BlockKind kind, unsigned flags, uintptr_t* base) {
    if (bytes > SIZE_MAX / 2) return CUDA_ERROR_OUT_OF_MEMORY;
    Device* device = context->device;
    if (kind == BlockKind::kDevice && !take(*device, bytes)) return CUDA_ERROR_OUT_OF_MEMORY;
    size_t pages = roundUp(bytes, kPage);
    char* reservation = mapGuarded(pages);
    if (!reservation) {
        if (kind == BlockKind::kDevice) device->used -= bytes;
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    // The block ends at the guard page as nearly as its alignment allows.
    *base = reinterpret_cast<uintptr_t>(reservation) + kPage + pages - roundUp(bytes, kAlignment);
    static std::atomic<uint64_t> nextId{1};
    blocks[*base] = {*base, bytes, kind, device, context, flags, nextId++, reservation, pages + 2 * kPage};
    return CUDA_SUCCESS;
}

CUresult MemoryTable::registerHost(const std::shared_ptr<Context>& context, uintptr_t base, size_t bytes, unsigned flags) {
    auto next = blocks.lower_bound(base);
    if (next != blocks.end() && next->first < base + bytes) return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
    if (find(base)) return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
    blocks[base] = {base, bytes, BlockKind::kRegistered, context->device, context, flags, 0, nullptr, 0};
    return CUDA_SUCCESS;
}

void MemoryTable::release(uintptr_t base) {
    auto found = blocks.find(base);
    Block& block = found->second;
    if (block.kind == BlockKind::kDevice) block.device->used -= block.size;
    if (block.reservation) retire(block.reservation, block.reserved);
    blocks.erase(found);
}

void MemoryTable::releaseAll(const Context& context) {
    std::vector<uintptr_t> owned;
    for (const auto& [base, block] : blocks)
        if (block.context.get() == &context) owned.push_back(base);
    for (uintptr_t base : owned) release(base);
}

void MemoryTable::retire(void* address, size_t bytes) {
    if (mmap(address, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED) {
        munmap(address, bytes);
        return;
    }
    retired_.push_back({address, bytes});
    if (retired_.size() <= kRetiredBlocks) return;
    munmap(retired_.front().first, retired_.front().second);
    retired_.pop_front();
}

const Block* MemoryTable::find(uintptr_t address, size_t bytes) const {
    auto after = blocks.upper_bound(address);
    if (after == blocks.begin()) return nullptr;
    const Block& block = std::prev(after)->second;
    size_t offset = address - block.base;
    return offset < block.size && bytes <= block.size - offset ? &block : nullptr;
}

const Mapping* MemoryTable::mapping(uintptr_t address) const {
    auto after = mappings.upper_bound(address);
    if (after == mappings.begin()) return nullptr;
    const Mapping& mapping = std::prev(after)->second;
    return address - mapping.base < mapping.size ? &mapping : nullptr;
}

bool MemoryTable::accessible(uintptr_t address, size_t bytes, const Device& device, bool write) const {
    if (find(address, bytes)) return true;
    uintptr_t end = address + bytes;
    if (end < address) return false;
    do {
        const Mapping* part = mapping(address);
        if (!part) return false;
        auto access = part->access.find(device.ordinal);
        if (access == part->access.end() || !(access->second & (write ? 2 : 1))) return false;
        address = part->base + part->size;
    } while (address < end);
    return true;
}

size_t MemoryTable::count(BlockKind kind) const {
    size_t sum = 0;
    for (const auto& [base, block] : blocks) sum += block.kind == kind;
    return sum;
}

size_t MemoryTable::bytes(BlockKind kind) const {
    size_t sum = 0;
    for (const auto& [base, block] : blocks)
        if (block.kind == kind) sum += block.size;
    return sum;
}

}  // namespace softcuda::driver
