#include "softcuda/driver_work.h"
#include <algorithm>
#include <cstdio>
#include <cstring>
#include "softcuda/driver_guard.h"
#include "softcuda/driver_memory_table.h"
#include "softcuda/driver_module.h"
#include "softcuda/driver_unsupported.h"

namespace softcuda::driver {

Parameters::Parameters(const void* source, size_t bytes) : lines_((bytes + sizeof(Line) - 1) / sizeof(Line)), bytes_(bytes) {
    if (bytes > 0) std::memcpy(lines_.data(), source, bytes);
}

namespace {

// One side of a copy: rows of `pitch` bytes in slices of `rows` rows.
struct Side {
    char* first;
    size_t pitch, slice;
    unsigned type;
    char* row(size_t y, size_t z) const { return first + z * slice + y * pitch; }
    uintptr_t address() const { return reinterpret_cast<uintptr_t>(first); }
    size_t extent(const CUDA_MEMCPY3D& s) const { return (s.Depth - 1) * slice + (s.Height - 1) * pitch + s.WidthInBytes; }
};

Side side(unsigned type, const void* host, CUdeviceptr device, size_t pitch, size_t rows, size_t x, size_t y, size_t z) {
    char* base = type == CU_MEMORYTYPE_HOST ? static_cast<char*>(const_cast<void*>(host)) : reinterpret_cast<char*>(device);
    Side result{base, pitch, pitch * rows, type};
    if (base) result.first = result.row(y, z) + x;
    return result;
}

Side sourceOf(const CUDA_MEMCPY3D& s) { return side(s.srcMemoryType, s.srcHost, s.srcDevice, s.srcPitch, s.srcHeight, s.srcXInBytes, s.srcY, s.srcZ); }
Side targetOf(const CUDA_MEMCPY3D& s) { return side(s.dstMemoryType, s.dstHost, s.dstDevice, s.dstPitch, s.dstHeight, s.dstXInBytes, s.dstY, s.dstZ); }

bool empty(const CUDA_MEMCPY3D& s) { return s.WidthInBytes == 0 || s.Height == 0 || s.Depth == 0; }

// With the table's mutex held. An address of unified type that is in no table is pageable host memory.
bool reachable(const MemoryTable& table, const Side& side, const CUDA_MEMCPY3D& shape, const Device& device, bool write) {
    if (side.type == CU_MEMORYTYPE_HOST) return side.first != nullptr;
    if (table.accessible(side.address(), side.extent(shape), device, write)) return true;
    return side.type == CU_MEMORYTYPE_UNIFIED && side.first && !table.find(side.address()) && !table.mapping(side.address());
}

CUresult checkSide(const Side& side, size_t x, size_t rows, const CUDA_MEMCPY3D& s) {
    if (side.type == CU_MEMORYTYPE_ARRAY) return unsupported("copy of a CUDA array");
    if (side.type != CU_MEMORYTYPE_HOST && side.type != CU_MEMORYTYPE_DEVICE && side.type != CU_MEMORYTYPE_UNIFIED) return CUDA_ERROR_INVALID_VALUE;
    if ((s.Height > 1 || s.Depth > 1) && side.pitch < s.WidthInBytes + x) return CUDA_ERROR_INVALID_VALUE;
    if (s.Depth > 1 && rows < s.Height) return CUDA_ERROR_INVALID_VALUE;
    return CUDA_SUCCESS;
}

CUresult lost(const char* what, uintptr_t address) {
    std::fprintf(stderr, "softcuda: %s touches 0x%zx, which is no longer memory that the device may touch\n", what, size_t(address));
    return CUDA_ERROR_ILLEGAL_ADDRESS;
}

size_t fillBytes(const CUDA_MEMSET_NODE_PARAMS& s) { return (s.height - 1) * s.pitch + s.width * s.elementSize; }

CUresult runCopy(const CopyWork& work, Context& context) {
    if (empty(work.shape)) return CUDA_SUCCESS;
    MemoryTable& table = MemoryTable::instance();
    std::shared_lock<std::shared_mutex> lock(table.mutex);
    Side source = sourceOf(work.shape), target = targetOf(work.shape);
    if (work.staged) {
        source.first = const_cast<char*>(work.staged->data());
        source.type = CU_MEMORYTYPE_HOST;
    }
    if (!reachable(table, source, work.shape, *context.device, false)) return lost("a copy", source.address());
    if (!reachable(table, target, work.shape, *context.device, true)) return lost("a copy", target.address());
    for (size_t z = 0; z < work.shape.Depth; z++)
        for (size_t y = 0; y < work.shape.Height; y++) std::memmove(target.row(y, z), source.row(y, z), work.shape.WidthInBytes);
    return CUDA_SUCCESS;
}

template <class T>
void fillRow(void* row, size_t n, unsigned value) { std::fill_n(static_cast<T*>(row), n, T(value)); }

CUresult runFill(const FillWork& work, Context& context) {
    const CUDA_MEMSET_NODE_PARAMS& s = work.shape;
    if (s.width == 0 || s.height == 0) return CUDA_SUCCESS;
    MemoryTable& table = MemoryTable::instance();
    std::shared_lock<std::shared_mutex> lock(table.mutex);
    if (!table.accessible(s.dst, fillBytes(s), *context.device, true)) return lost("a fill", s.dst);
    for (size_t y = 0; y < s.height; y++) {
        void* row = reinterpret_cast<void*>(s.dst + y * s.pitch);
        if (s.elementSize == 1) fillRow<uint8_t>(row, s.width, s.value);
        else if (s.elementSize == 2) fillRow<uint16_t>(row, s.width, s.value);
        else fillRow<uint32_t>(row, s.width, s.value);
    }
    return CUDA_SUCCESS;
}

// A kernel may only use another device's memory with peer access, or with an access right to the mapping. Page
// protection can't tell devices apart, so the addresses among the parameters are looked at.
CUresult checkPeers(const KernelWork& work, const Context& context) {
    if (state().devices.size() == 1) return CUDA_SUCCESS;
    MemoryTable& table = MemoryTable::instance();
    std::shared_lock<std::shared_mutex> lock(table.mutex);
    CUresult result = CUDA_SUCCESS;
    work.parameters.words([&](uintptr_t word) {
        const Block* block = table.find(word);
        const Mapping* mapping = block ? nullptr : table.mapping(word);
        bool foreign = block && block->kind == BlockKind::kDevice && block->device != context.device && !context.peers.count(block->context.get());
        if (mapping) foreign = !mapping->access.empty() && !mapping->access.count(context.device->ordinal);
        if (foreign) result = lost("a kernel without peer access", word);
    });
    return result;
}

CUresult runKernel(const KernelWork& work, Context& context) {
    if (CUresult refused = checkPeers(work, context)) return refused;
    return CUresult(launch(*work.function->entry, work.config, work.parameters.data()).code);
}

void callHost(const CUDA_HOST_NODE_PARAMS& call) {
    insideHostFunction = true;
    call.fn(call.userData);
    insideHostFunction = false;
}

// An order in which every node comes after those it depends on: the plan's own, or one that the seed picks.
std::vector<size_t> orderOf(const Plan& plan) {
    std::vector<size_t> left(plan.steps.size()), order;
    for (size_t i = 0; i < left.size(); i++) left[i] = i;
    uint64_t seed = orderSeed();
    if (seed == 0) return left;
    std::vector<bool> done(plan.steps.size());
    auto ready = [&](size_t step) {
        const auto& after = plan.steps[step].after;
        return std::all_of(after.begin(), after.end(), [&](unsigned before) { return done[before]; });
    };
    while (!left.empty()) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t pick = (seed >> 33) % left.size();
        while (!ready(left[pick])) pick = pick == 0 ? left.size() - 1 : pick - 1;
        order.push_back(left[pick]);
        done[left[pick]] = true;
        left.erase(left.begin() + long(pick));
    }
    return order;
}

CUresult runPlan(const Plan& plan, Context& context) {
    for (size_t step : orderOf(plan))
        if (CUresult failed = run(*plan.steps[step].work, context)) return failed;
    return CUDA_SUCCESS;
}

void stamp(const RecordWork& work) {
    auto now = std::chrono::steady_clock::now();
    if (work.moment) {
        work.moment->time = now;  // read only after the operation is complete
        return;
    }
    Lock lock(state().mutex);
    if (work.event->last) work.event->last->time = now;
}

void release(CUdeviceptr address) {
    MemoryTable& table = MemoryTable::instance();
    std::unique_lock<std::shared_mutex> lock(table.mutex);
    if (table.blocks.count(address)) table.release(address);
}

struct Runner {
    Context& context;
    CUresult operator()(const KernelWork& work) const { return runKernel(work, context); }
    CUresult operator()(const CopyWork& work) const { return runCopy(work, context); }
    CUresult operator()(const FillWork& work) const { return runFill(work, context); }
    CUresult operator()(const HostWork& work) const { return callHost(work.call), CUDA_SUCCESS; }
    CUresult operator()(const CallbackWork& work) const {
        insideHostFunction = true;
        work.callback(work.stream, context.error, work.userData);
        insideHostFunction = false;
        return CUDA_SUCCESS;
    }
    CUresult operator()(const FreeWork& work) const { return release(work.address), CUDA_SUCCESS; }
    CUresult operator()(const ChildWork& work) const { return runPlan(*work.plan, context); }
    CUresult operator()(const RecordWork& work) const { return stamp(work), CUDA_SUCCESS; }
    CUresult operator()(const EmptyWork&) const { return CUDA_SUCCESS; }
    CUresult operator()(const WaitWork&) const { return CUDA_SUCCESS; }
};

}  // namespace

CUresult run(const Work& work, Context& context) { return std::visit(Runner{context}, work); }

CUresult checkCopy(const CUDA_MEMCPY3D& shape, const Context& context) {
    Side source = sourceOf(shape), target = targetOf(shape);
    if (CUresult refused = checkSide(source, shape.srcXInBytes, shape.srcHeight, shape)) return refused;
    if (CUresult refused = checkSide(target, shape.dstXInBytes, shape.dstHeight, shape)) return refused;
    if (empty(shape)) return CUDA_SUCCESS;
    MemoryTable& table = MemoryTable::instance();
    std::shared_lock<std::shared_mutex> lock(table.mutex);
    bool fine = reachable(table, source, shape, *context.device, false) && reachable(table, target, shape, *context.device, true);
    return fine ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult checkFill(const CUDA_MEMSET_NODE_PARAMS& s, const Context& context) {
    if (s.elementSize != 1 && s.elementSize != 2 && s.elementSize != 4) return CUDA_ERROR_INVALID_VALUE;
    if (s.dst % s.elementSize || (s.height > 1 && (s.pitch % s.elementSize || s.pitch / s.elementSize < s.width))) return CUDA_ERROR_INVALID_VALUE;
    if (s.width > SIZE_MAX / 8) return CUDA_ERROR_INVALID_VALUE;
    if (s.width == 0 || s.height == 0) return CUDA_SUCCESS;
    MemoryTable& table = MemoryTable::instance();
    std::shared_lock<std::shared_mutex> lock(table.mutex);
    return table.accessible(s.dst, fillBytes(s), *context.device, true) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

}  // namespace softcuda::driver
