// A context of its own for each test, and short ways to say what a call must answer.
#pragma once
#include <vector>
#include "softcuda/driver_api.h"
#include "tests/driver/kernels.h"
#include "tests/harness.h"

inline const char* nameOf(CUresult result) {
    const char* name = nullptr;
    return cuGetErrorName(result, &name) == CUDA_SUCCESS ? name : "?";
}

#define EXPECT(expected, call) \
    do { \
        CUresult result_ = call; \
        CHECK(result_ == (expected), "%s, expected %s", nameOf(result_), nameOf(expected)); \
    } while (0)
#define OK(call) EXPECT(CUDA_SUCCESS, call)

constexpr size_t kChunk = 2 << 20;  // granularity of virtual memory

struct Fixture {
    Fixture() : Fixture(0) {}
    explicit Fixture(int device) {
        OK(cuInit(0));
        OK(cuCtxCreate_v2(&context, 0, device));
        OK(cuModuleLoadData(&module, "// parasol stub\n.entry driver_add\n.entry driver_move\n.entry driver_store\n.entry driver_shared\n"));
    }
    ~Fixture() {
        parasol_soft_fail(nullptr, 0, 0);
        parasol_soft_seed(0);
        cuCtxDestroy_v2(context);
    }
    Fixture(const Fixture&) = delete;

    CUfunction function(const char* name) const {
        CUfunction result;
        OK(cuModuleGetFunction(&result, module, name));
        return result;
    }
    CUdeviceptr allocate(size_t bytes) const {
        CUdeviceptr result;
        OK(cuMemAlloc_v2(&result, bytes));
        return result;
    }
    template <class T>
    T* pinned(size_t count) const {
        void* result;
        OK(cuMemAllocHost_v2(&result, count * sizeof(T)));
        return static_cast<T*>(result);
    }
    CUstream stream(unsigned flags = CU_STREAM_NON_BLOCKING) const {
        CUstream result;
        OK(cuStreamCreate(&result, flags));
        return result;
    }
    CUevent event(unsigned flags = CU_EVENT_DEFAULT) const {
        CUevent result;
        OK(cuEventCreate(&result, flags));
        return result;
    }
    template <class Params>
    CUresult launch(const char* name, Params params, CUstream stream = nullptr, unsigned blocks = 1, unsigned threads = 32, unsigned shared = 0) const {
        void* arguments[] = {&params};
        return cuLaunchKernel(function(name), blocks, 1, 1, threads, 1, 1, shared, stream, arguments, nullptr);
    }
    CUresult add(CUdeviceptr values, int count, int addend, CUstream stream = nullptr) const {
        return launch("driver_add", AddParams{reinterpret_cast<int32_t*>(values), count, addend}, stream, unsigned(count + 255) / 256, 256);
    }
    std::vector<int32_t> read(CUdeviceptr source, size_t count) const {
        std::vector<int32_t> values(count);
        OK(cuMemcpyDtoH_v2(values.data(), source, count * sizeof(int32_t)));
        return values;
    }
    int32_t first(CUdeviceptr source) const { return read(source, 1)[0]; }

    CUcontext context;
    CUmodule module;
};

// What cuMemCreate wants for plain memory of a device.
inline CUmemAllocationProp properties(int device = 0) {
    CUmemAllocationProp p{};
    p.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    p.location = {CU_MEM_LOCATION_TYPE_DEVICE, device};
    return p;
}
