#include "tests/driver/fixture.h"
#include <dlfcn.h>
#include "tests/driver/jcuda_entries.h"

TEST(the_nth_call_of_an_entry_fails_once) {
    Fixture f;
    CUdeviceptr p[3];
    parasol_soft_fail("cuMemAlloc", 2, CUDA_ERROR_OUT_OF_MEMORY);
    OK(cuMemAlloc_v2(&p[0], 100));
    p[1] = 0;
    EXPECT(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc_v2(&p[1], 100));
    CHECK(p[1] == 0 && parasol_soft_live("allocations") == 1);
    OK(cuMemAlloc_v2(&p[2], 100));
    parasol_soft_fail("cuMemFree_v2", 1, CUDA_ERROR_UNKNOWN);
    EXPECT(CUDA_ERROR_UNKNOWN, cuMemFree_v2(p[0]));
    CHECK(parasol_soft_live("allocations") == 2);
    OK(cuMemFree_v2(p[0]));
}

TEST(the_nth_call_of_any_entry_fails) {
    Fixture f;
    parasol_soft_fail(nullptr, 2, CUDA_ERROR_UNKNOWN);
    const char* name;
    OK(cuGetErrorName(CUDA_SUCCESS, &name));  // is not counted: callers need it to report the failure
    OK(cuCtxSynchronize());
    EXPECT(CUDA_ERROR_UNKNOWN, cuCtxSynchronize());
    OK(cuCtxSynchronize());
    parasol_soft_fail("cuCtxSynchronize", 1, CUDA_ERROR_UNKNOWN);
    parasol_soft_fail(nullptr, 0, 0);
    OK(cuCtxSynchronize());
}

TEST(calls_are_counted) {
    Fixture f;
    uint64_t allocations = parasol_soft_calls("cuMemAlloc"), all = parasol_soft_calls(nullptr);
    CUdeviceptr p = f.allocate(10);
    CUdeviceptr q;
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemAlloc_v2(&q, 0));
    OK(cuMemFree_v2(p));
    CHECK(parasol_soft_calls("cuMemAlloc") == allocations + 2 && parasol_soft_calls("cuMemAlloc_v2") == allocations + 2);
    CHECK(parasol_soft_calls(nullptr) == all + 3);
    CHECK(parasol_soft_calls("cuMem") == 0);
}

// A failure must leave everything as it was, whichever call it hits.
TEST(a_failed_call_has_no_side_effect) {
    for (uint64_t n = 1;; n++) {
        bool failed = false;
        {
            Fixture f;
            CUdeviceptr base = 0, plain = 0;
            CUmemGenericAllocationHandle handle = 0;
            CUmemAllocationProp p = properties();
            CUmemAccessDesc right{{CU_MEM_LOCATION_TYPE_DEVICE, 0}, 3};
            CUstream stream = nullptr;
            CUevent event = nullptr;
            uint64_t before = parasol_soft_calls(nullptr);
            parasol_soft_fail(nullptr, n, CUDA_ERROR_UNKNOWN);
            // Every step is tried again after its failure and must then work, as it was not done.
            auto step = [&](auto call) {
                CUresult result = call();
                if (result == CUDA_ERROR_UNKNOWN) {
                    failed = true;
                    result = call();
                }
                OK(result);
            };
            step([&] { return cuMemAlloc_v2(&plain, 4096); });
            step([&] { return cuMemAddressReserve(&base, kChunk, 0, 0, 0); });
            step([&] { return cuMemCreate(&handle, kChunk, &p, 0); });
            step([&] { return cuMemMap(base, kChunk, 0, handle, 0); });
            step([&] { return cuMemSetAccess(base, kChunk, &right, 1); });
            step([&] { return cuMemRelease(handle); });
            step([&] { return cuStreamCreate(&stream, 1); });
            step([&] { return cuEventCreate(&event, 0); });
            step([&] { return cuMemsetD32Async(base, 0, 1024, stream); });
            step([&] { return cuMemcpyDtoDAsync_v2(plain, base, 4096, stream); });
            step([&] { return cuEventRecord(event, stream); });
            step([&] { return cuEventSynchronize(event); });
            step([&] { return cuMemUnmap(base, kChunk); });
            step([&] { return cuMemAddressFree(base, kChunk); });
            step([&] { return cuEventDestroy_v2(event); });
            step([&] { return cuStreamDestroy_v2(stream); });
            int32_t value = -1;
            step([&] { return cuMemcpyDtoH_v2(&value, plain, 4); });
            CHECK(value == 0);
            step([&] { return cuMemFree_v2(plain); });
            CHECK(parasol_soft_calls(nullptr) == before + 18 + failed);
        }
        for (const char* what : {"bytes", "allocations", "handles", "ranges", "mappings", "streams", "events", "contexts"}) CHECK(parasol_soft_live(what) == 0, "%s", what);
        if (!failed) break;
        CHECK(n < 100);
    }
}

TEST(what_is_asked_about_must_exist) {
    std::string text = harness::captureStderr([] { CHECK(parasol_soft_live("unicorns") == UINT64_MAX); });
    CHECK(text.find("unicorns") != std::string::npos);
}

TEST(every_entry_that_jcuda_refers_to_is_there) {
    OK(cuInit(0));
    for (const char* name : kJCudaEntries) CHECK(dlsym(RTLD_DEFAULT, name) != nullptr, "%s", name);
}
