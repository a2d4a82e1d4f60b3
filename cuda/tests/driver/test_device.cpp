#include "tests/driver/fixture.h"
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <thread>

// Two devices of 64 MiB, before anything calls cuInit.
static const bool settings = (setenv("PARASOL_SOFT_DEVICES", "2", 0), setenv("PARASOL_SOFT_MEMORY", "64MiB", 0), true);

TEST(devices_are_as_the_environment_says) {
    Fixture f;
    int count, major, minor, value;
    OK(cuDeviceGetCount(&count));
    CHECK(count == 2);
    size_t bytes;
    OK(cuDeviceTotalMem_v2(&bytes, 1));
    CHECK(bytes == size_t(64) << 20);
    OK(cuDeviceComputeCapability(&major, &minor, 0));
    CHECK(major == 8 && minor == 0);
    OK(cuDeviceGetAttribute(&value, 10, 0));
    CHECK(value == 32);
    OK(cuDeviceGetAttribute(&value, 97, 0));
    CHECK(value == 163 * 1024);
    OK(cuDeviceGetAttribute(&value, 102, 0));
    CHECK(value == 1);
    EXPECT(CUDA_ERROR_INVALID_DEVICE, cuDeviceGetAttribute(&value, 10, 2));
    CUdevice device;
    EXPECT(CUDA_ERROR_INVALID_DEVICE, cuDeviceGet(&device, -1));
    CUuuid first, second;
    OK(cuDeviceGetUuid(&first, 0));
    OK(cuDeviceGetUuid(&second, 1));
    CHECK(memcmp(&first, &second, sizeof first) != 0);
    char name[8];
    OK(cuDeviceGetName(name, sizeof name, 0));
    CHECK(std::string(name) == "Parasol");
}

TEST(every_result_has_a_name_and_a_description) {
    std::set<std::string> names;
    int known = 0;
    for (int code = 0; code < 1000; code++) {
        const char* name = nullptr;
        const char* text = nullptr;
        if (cuGetErrorName(CUresult(code), &name) != CUDA_SUCCESS) {
            CHECK(name == nullptr);
            EXPECT(CUDA_ERROR_INVALID_VALUE, cuGetErrorString(CUresult(code), &text));
            continue;
        }
        OK(cuGetErrorString(CUresult(code), &text));
        CHECK(text && *text);
        names.insert(name);
        known++;
    }
    CHECK(known > 90 && int(names.size()) == known);
    CHECK(std::string(nameOf(CUDA_ERROR_ILLEGAL_ADDRESS)) == "CUDA_ERROR_ILLEGAL_ADDRESS");
}

TEST(contexts_stack_on_each_thread) {
    Fixture outer;
    CUcontext current;
    {
        Fixture inner;
        OK(cuCtxGetCurrent(&current));
        CHECK(current == inner.context);
    }
    OK(cuCtxGetCurrent(&current));
    CHECK(current == outer.context);
    std::thread([&] {
        CUcontext none = outer.context;
        OK(cuCtxGetCurrent(&none));
        CHECK(none == nullptr);
        CUdeviceptr p;
        EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuMemAlloc_v2(&p, 16));
        OK(cuCtxSetCurrent(outer.context));
        OK(cuMemAlloc_v2(&p, 16));
        CUcontext popped;
        OK(cuCtxPopCurrent_v2(&popped));
        CHECK(popped == outer.context);
        EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuCtxPopCurrent_v2(&popped));
    }).join();
    EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuCtxSetCurrent(reinterpret_cast<CUcontext>(64)));
}

TEST(a_destroyed_context_is_told_to_those_who_still_have_it) {
    Fixture f;
    CUcontext doomed;
    OK(cuCtxCreate_v2(&doomed, 0, 0));
    OK(cuCtxPushCurrent_v2(f.context));
    OK(cuCtxDestroy_v2(doomed));
    OK(cuCtxPopCurrent_v2(nullptr));
    CUdeviceptr p;
    EXPECT(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuMemAlloc_v2(&p, 16));
    OK(cuCtxPopCurrent_v2(nullptr));
    EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuCtxDestroy_v2(doomed));
}

TEST(the_primary_context_lives_as_long_as_it_is_retained) {
    OK(cuInit(0));
    CUcontext a, b;
    unsigned flags;
    int active;
    OK(cuDevicePrimaryCtxRetain(&a, 1));
    OK(cuDevicePrimaryCtxRetain(&b, 1));
    CHECK(a == b);
    OK(cuDevicePrimaryCtxRelease_v2(1));
    OK(cuDevicePrimaryCtxGetState(1, &flags, &active));
    CHECK(active);
    EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuCtxDestroy_v2(a));
    OK(cuCtxPushCurrent_v2(a));
    CUdeviceptr p;
    OK(cuMemAlloc_v2(&p, 1000));
    OK(cuCtxPopCurrent_v2(nullptr));
    OK(cuDevicePrimaryCtxRelease_v2(1));
    OK(cuDevicePrimaryCtxGetState(1, &flags, &active));
    CHECK(!active);
    CHECK(parasol_soft_live("bytes") == 0 && parasol_soft_live("contexts") == 0);
    EXPECT(CUDA_ERROR_INVALID_CONTEXT, cuDevicePrimaryCtxRelease_v2(1));
}

TEST(a_reset_clears_the_primary_context_and_leaves_its_users_to_release_it) {
    OK(cuInit(0));
    CUcontext doomed, fresh;
    CUdeviceptr p;
    OK(cuDevicePrimaryCtxRetain(&doomed, 0));
    OK(cuCtxPushCurrent_v2(doomed));
    OK(cuMemAlloc_v2(&p, 1000));
    OK(cuDevicePrimaryCtxReset_v2(0));
    CHECK(parasol_soft_live("bytes") == 0);
    EXPECT(CUDA_ERROR_CONTEXT_IS_DESTROYED, cuMemAlloc_v2(&p, 1000));
    OK(cuCtxPopCurrent_v2(nullptr));
    OK(cuDevicePrimaryCtxRetain(&fresh, 0));
    OK(cuCtxPushCurrent_v2(fresh));
    OK(cuMemAlloc_v2(&p, 1000));
    OK(cuCtxPopCurrent_v2(nullptr));
    OK(cuDevicePrimaryCtxRelease_v2(0));
    CHECK(parasol_soft_live("contexts") == 1);
    OK(cuDevicePrimaryCtxRelease_v2(0));
    CHECK(parasol_soft_live("contexts") == 0);
}

TEST(destroying_a_context_releases_all_it_holds) {
    {
        Fixture f;
        f.allocate(1000);
        f.pinned<char>(1000);
        f.stream();
        f.event();
        CHECK(parasol_soft_live("bytes") == 1000 && parasol_soft_live("host_bytes") == 1000 && parasol_soft_live("streams") == 1);
    }
    for (const char* what : {"bytes", "host_bytes", "allocations", "streams", "events", "modules", "contexts"}) CHECK(parasol_soft_live(what) == 0, "%s", what);
}

TEST(entries_are_found_by_name) {
    void* entry = nullptr;
    int status;
    OK(cuGetProcAddress_v2("cuMemAlloc", &entry, 12000, 0, &status));
    CHECK(entry == reinterpret_cast<void*>(&cuMemAlloc_v2) && status == 0);
    OK(cuGetProcAddress("cuInit", &entry, 11000, 0));
    CHECK(entry == reinterpret_cast<void*>(&cuInit));
    EXPECT(CUDA_ERROR_NOT_FOUND, cuGetProcAddress_v2("cuMakeCoffee", &entry, 12000, 0, &status));
    CHECK(entry == nullptr && status == 1);
    EXPECT(CUDA_ERROR_NOT_FOUND, cuGetProcAddress_v2("cuInit", &entry, 13000, 0, &status));
    CHECK(status == 2);
}

extern "C" CUresult cuTexObjectCreate();

TEST(what_is_not_supported_is_named_on_stderr) {
    std::string text = harness::captureStderr([] { EXPECT(CUDA_ERROR_NOT_SUPPORTED, cuTexObjectCreate()); });
    CHECK(text.find("cuTexObjectCreate") != std::string::npos && text.find('\n') == text.size() - 1, "%s", text.c_str());
}

TEST(peer_access_is_needed_by_kernels_and_not_by_copies) {
    Fixture other(1);
    CUdeviceptr theirs = other.allocate(4);
    OK(cuMemsetD32_v2(theirs, 5, 1));
    OK(cuCtxSynchronize());
    Fixture f(0);
    int can;
    OK(cuDeviceCanAccessPeer(&can, 0, 1));
    CHECK(can);
    CUdeviceptr mine = f.allocate(4);
    OK(cuMemcpyPeer(mine, f.context, theirs, other.context, 4));
    CHECK(f.first(mine) == 5);
    EXPECT(CUDA_ERROR_PEER_ACCESS_NOT_ENABLED, cuCtxDisablePeerAccess(other.context));
    OK(cuCtxEnablePeerAccess(other.context, 0));
    EXPECT(CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED, cuCtxEnablePeerAccess(other.context, 0));
    OK(f.add(theirs, 1, 1));
    OK(cuCtxSynchronize());
    OK(cuCtxDisablePeerAccess(other.context));
    OK(f.add(theirs, 1, 1));
    harness::captureStderr([] { EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize()); });
}
