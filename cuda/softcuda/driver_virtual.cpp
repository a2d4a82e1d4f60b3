// Virtual memory: address ranges, physical handles, mappings and access rights. Physical memory is a stretch of a
// memory file, so that it can be mapped at any address and at several; page protection enforces the access rights.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "softcuda/driver_api.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_memory_table.h"

using namespace softcuda::driver;

namespace {

using Exclusive = std::unique_lock<std::shared_mutex>;
using Shared = std::shared_lock<std::shared_mutex>;

MemoryTable& memory() { return MemoryTable::instance(); }

bool granular(size_t bytes) { return bytes > 0 && bytes % kGranularity == 0; }
bool granularRange(CUdeviceptr base, size_t bytes) { return base && base % kGranularity == 0 && granular(bytes) && base + bytes > base; }
bool validLocation(const CUmemLocation& l) { return l.type == CU_MEM_LOCATION_TYPE_DEVICE && l.id >= 0 && size_t(l.id) < state().devices.size(); }

// Anything that is not plain pinned device memory is refused, garbage in reserved fields too.
bool validProperties(const CUmemAllocationProp& p) {
    if (p.type != CU_MEM_ALLOCATION_TYPE_PINNED || p.requestedHandleTypes != 0 || !validLocation(p.location) || p.win32HandleMetaData) return false;
    const auto& flags = p.allocFlags;
    return !flags.compressionType && !flags.gpuDirectRDMACapable && !flags.usage && !flags.reserved[0] && !flags.reserved[1] && !flags.reserved[2] && !flags.reserved[3];
}

// One sparse file serves as the memory of all devices. Offsets only grow; released stretches become holes.
int memoryFile() {
    static const int file = memfd_create("softcuda-memory", MFD_CLOEXEC);
    return file;
}

off_t nextOffset = 0;  // guarded by the table's mutex

bool poison(off_t offset, size_t bytes) {
    static const std::vector<char> pattern(kGranularity, char(kPoison));
    if (ftruncate(memoryFile(), offset + off_t(bytes))) return false;
    for (size_t done = 0; done < bytes; done += kGranularity)
        if (pwrite(memoryFile(), pattern.data(), kGranularity, offset + off_t(done)) != ssize_t(kGranularity)) return false;
    return true;
}

void punch(off_t offset, size_t bytes) { fallocate(memoryFile(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, off_t(bytes)); }

// A handle lives until it is released and unmapped.
void dropIfDead(std::map<uint64_t, Physical>::iterator handle) {
    Physical& physical = handle->second;
    if (physical.live()) return;
    physical.device->used -= physical.size;
    punch(physical.offset, physical.size);
    memory().handles.erase(handle);
}

// The mappings that make up exactly this range, without holes and none of them cut; empty when there are none such.
std::vector<Mapping*> wholeMappings(CUdeviceptr base, size_t bytes) {
    std::vector<Mapping*> result;
    uintptr_t at = base, end = base + bytes;
    for (auto i = memory().mappings.find(at); i != memory().mappings.end() && i->first == at && at < end; ++i) {
        result.push_back(&i->second);
        at += i->second.size;
    }
    if (at != end) result.clear();
    return result;
}

const Range* rangeAround(CUdeviceptr base, size_t bytes) {
    auto after = memory().ranges.upper_bound(base);
    if (after == memory().ranges.begin()) return nullptr;
    const Range& range = std::prev(after)->second;
    size_t offset = base - range.base;
    return offset < range.size && bytes <= range.size - offset ? &range : nullptr;
}

bool anyMapping(CUdeviceptr base, size_t bytes) {
    auto next = memory().mappings.lower_bound(base);
    return (next != memory().mappings.end() && next->first < base + bytes) || memory().mapping(base);
}

void* at(uintptr_t address) { return reinterpret_cast<void*>(address); }

// Makes addresses inaccessible, but keeps them.
bool close(uintptr_t address, size_t bytes) {
    return mmap(at(address), bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
}

}  // namespace

PARASOL_API CUresult cuMemGetAllocationGranularity(size_t* granularity, const CUmemAllocationProp* properties, int option) {
    PARASOL_ENTER(cuMemGetAllocationGranularity, kDriver);
    if (!granularity || !properties || option < 0 || option > 1 || !validProperties(*properties)) return CUDA_ERROR_INVALID_VALUE;
    *granularity = kGranularity;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemAddressReserve(CUdeviceptr* out, size_t bytes, size_t alignment, CUdeviceptr wanted, unsigned long long flags) {
    PARASOL_ENTER(cuMemAddressReserve, kDriver);
    if (!state().devices[0]->virtualMemory) return CUDA_ERROR_NOT_SUPPORTED;
    if (!out || !granular(bytes) || flags || (alignment & (alignment - 1)) || bytes > SIZE_MAX / 4 || alignment > SIZE_MAX / 4) return CUDA_ERROR_INVALID_VALUE;
    size_t unit = std::max(alignment, kGranularity);
    void* area = mmap(at(wanted), bytes + unit, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
    uintptr_t start = reinterpret_cast<uintptr_t>(area), base = (start + unit - 1) / unit * unit;
    if (base > start) munmap(area, base - start);
    if (base + bytes < start + bytes + unit) munmap(at(base + bytes), start + unit - base);
    Exclusive table(memory().mutex);
    memory().ranges[base] = {base, bytes};
    *out = base;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemAddressFree(CUdeviceptr base, size_t bytes) {
    PARASOL_ENTER(cuMemAddressFree, kDriver);
    Exclusive table(memory().mutex);
    auto range = memory().ranges.find(base);
    if (range == memory().ranges.end() || range->second.size != bytes || anyMapping(base, bytes)) return CUDA_ERROR_INVALID_VALUE;
    memory().ranges.erase(range);
    memory().retire(at(base), bytes);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemCreate(CUmemGenericAllocationHandle* out, size_t bytes, const CUmemAllocationProp* properties, unsigned long long flags) {
    PARASOL_ENTER(cuMemCreate, kDriver);
    if (!out || !granular(bytes) || !properties || !validProperties(*properties) || flags) return CUDA_ERROR_INVALID_VALUE;
    Device& device = *state().devices[size_t(properties->location.id)];
    if (!device.virtualMemory) return CUDA_ERROR_NOT_SUPPORTED;
    if (!take(device, bytes)) return CUDA_ERROR_OUT_OF_MEMORY;
    Exclusive table(memory().mutex);
    if (!poison(nextOffset, bytes)) {
        punch(nextOffset, bytes);
        device.used -= bytes;
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    static uint64_t nextHandle = 1;
    memory().handles[nextHandle] = {&device, *properties, bytes, nextOffset, 1, 0};
    nextOffset += off_t(bytes);
    *out = nextHandle++;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemRelease(CUmemGenericAllocationHandle handle) {
    PARASOL_ENTER(cuMemRelease, kDriver);
    Exclusive table(memory().mutex);
    auto found = memory().handles.find(handle);
    if (found == memory().handles.end() || found->second.holders == 0) return CUDA_ERROR_INVALID_VALUE;
    found->second.holders--;
    dropIfDead(found);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemRetainAllocationHandle(CUmemGenericAllocationHandle* out, void* address) {
    PARASOL_ENTER(cuMemRetainAllocationHandle, kDriver);
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    Exclusive table(memory().mutex);
    const Mapping* mapping = memory().mapping(reinterpret_cast<uintptr_t>(address));
    if (!mapping) return CUDA_ERROR_INVALID_VALUE;
    memory().handles.at(mapping->handle).holders++;
    *out = mapping->handle;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemGetAllocationPropertiesFromHandle(CUmemAllocationProp* out, CUmemGenericAllocationHandle handle) {
    PARASOL_ENTER(cuMemGetAllocationPropertiesFromHandle, kDriver);
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    Shared table(memory().mutex);
    auto found = memory().handles.find(handle);
    if (found == memory().handles.end() || found->second.holders == 0) return CUDA_ERROR_INVALID_VALUE;
    *out = found->second.properties;
    return CUDA_SUCCESS;
}

// Maps the whole handle; the addresses stay inaccessible until cuMemSetAccess.
PARASOL_API CUresult cuMemMap(CUdeviceptr base, size_t bytes, size_t offset, CUmemGenericAllocationHandle handle, unsigned long long flags) {
    PARASOL_ENTER(cuMemMap, kDriver);
    if (!granularRange(base, bytes) || offset || flags) return CUDA_ERROR_INVALID_VALUE;
    Exclusive table(memory().mutex);
    auto found = memory().handles.find(handle);
    if (found == memory().handles.end() || found->second.holders == 0 || found->second.size != bytes) return CUDA_ERROR_INVALID_VALUE;
    if (!rangeAround(base, bytes) || anyMapping(base, bytes)) return CUDA_ERROR_INVALID_VALUE;
    if (mmap(at(base), bytes, PROT_NONE, MAP_SHARED | MAP_FIXED, memoryFile(), found->second.offset) == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
    memory().mappings[base] = {base, bytes, handle, {}};
    found->second.mappings++;
    return CUDA_SUCCESS;
}

// Nobody waits for queued work here, as on a GPU: what still uses the addresses meets a fault.
PARASOL_API CUresult cuMemUnmap(CUdeviceptr base, size_t bytes) {
    PARASOL_ENTER(cuMemUnmap, kDriver);
    if (!granularRange(base, bytes)) return CUDA_ERROR_INVALID_VALUE;
    Exclusive table(memory().mutex);
    std::vector<Mapping*> parts = wholeMappings(base, bytes);
    if (parts.empty()) return CUDA_ERROR_INVALID_VALUE;
    if (!close(base, bytes)) return CUDA_ERROR_OPERATING_SYSTEM;
    for (Mapping* part : parts) {
        auto handle = memory().handles.find(part->handle);
        handle->second.mappings--;
        dropIfDead(handle);
        memory().mappings.erase(part->base);
    }
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemSetAccess(CUdeviceptr base, size_t bytes, const CUmemAccessDesc* rights, size_t count) {
    PARASOL_ENTER(cuMemSetAccess, kDriver);
    if (!granularRange(base, bytes) || !rights || count == 0) return CUDA_ERROR_INVALID_VALUE;
    for (size_t i = 0; i < count; i++) {
        int flags = rights[i].flags;
        bool known = flags == CU_MEM_ACCESS_FLAGS_PROT_NONE || flags == CU_MEM_ACCESS_FLAGS_PROT_READ || flags == CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
        if (!validLocation(rights[i].location) || !known) return CUDA_ERROR_INVALID_VALUE;
    }
    Exclusive table(memory().mutex);
    std::vector<Mapping*> parts = wholeMappings(base, bytes);
    if (parts.empty()) return CUDA_ERROR_INVALID_VALUE;
    for (Mapping* part : parts) {
        for (size_t i = 0; i < count; i++) part->access[rights[i].location.id] = rights[i].flags;
        int united = 0;
        for (const auto& [device, flags] : part->access) united |= flags;
        int protection = united & 2 ? PROT_READ | PROT_WRITE : united & 1 ? PROT_READ : PROT_NONE;
        if (mprotect(at(part->base), part->size, protection)) return CUDA_ERROR_OPERATING_SYSTEM;
    }
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuMemGetAccess(unsigned long long* flags, const CUmemLocation* location, CUdeviceptr address) {
    PARASOL_ENTER(cuMemGetAccess, kDriver);
    if (!flags || !location || !validLocation(*location)) return CUDA_ERROR_INVALID_VALUE;
    Shared table(memory().mutex);
    const Mapping* mapping = memory().mapping(address);
    if (!mapping) return CUDA_ERROR_INVALID_VALUE;
    auto found = mapping->access.find(location->id);
    *flags = found == mapping->access.end() ? 0 : (unsigned long long)(found->second);
    return CUDA_SUCCESS;
}
