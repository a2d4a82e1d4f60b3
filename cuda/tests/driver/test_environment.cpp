// What the environment sets, which is read once a process: each test runs this program again with one setting.
#include <unistd.h>
#include <climits>
#include <cstdlib>
#include <string>
#include "tests/driver/fixture.h"

namespace {

bool insideChild() { return getenv("PARASOL_TEST_CHILD") != nullptr; }

// Runs the test of that name in a new process and returns its exit code.
int child(const std::string& test, const std::string& setting) {
    char program[PATH_MAX] = "";
    CHECK(readlink("/proc/self/exe", program, sizeof program - 1) > 0);
    int status = system(("PARASOL_TEST_CHILD=1 " + setting + " '" + program + "' " + test + " > /dev/null 2>&1").c_str());
    return WEXITSTATUS(status);
}

}  // namespace

TEST(environment_arms_a_failure) {
    if (!insideChild()) {
        CHECK(child("environment_arms_a_failure", "PARASOL_SOFT_FAIL='cuMemAlloc:2:2,*:1000:999'") == 0);
        return;
    }
    Fixture f;
    CUdeviceptr p;
    OK(cuMemAlloc_v2(&p, 4));
    EXPECT(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc_v2(&p, 4));
    OK(cuMemAlloc_v2(&p, 4));
}

TEST(environment_sets_the_capability) {
    if (!insideChild()) {
        CHECK(child("environment_sets_the_capability", "PARASOL_SOFT_CAPABILITY=9.0") == 0);
        return;
    }
    Fixture f;
    int major, value;
    CUmodule m;
    OK(cuDeviceGetAttribute(&major, 75, 0));
    OK(cuDeviceGetAttribute(&value, 97, 0));
    CHECK(major == 9 && value == 227 * 1024);
    OK(cuModuleLoadData(&m, ".version 8.0\n.target sm_90a\n"));
    OK(cuModuleLoadData(&m, ".version 7.0\n.target sm_80\n"));
    harness::captureStderr([&] { EXPECT(CUDA_ERROR_INVALID_PTX, cuModuleLoadData(&m, ".version 8.5\n.target sm_80a\n")); });
}

TEST(environment_sets_memory_in_any_unit) {
    if (!insideChild()) {
        for (const char* memory : {"4194304", "4096KiB", "4MiB"}) CHECK(child("environment_sets_memory_in_any_unit", std::string("PARASOL_SOFT_MEMORY=") + memory) == 0);
        return;
    }
    OK(cuInit(0));
    size_t bytes;
    OK(cuDeviceTotalMem_v2(&bytes, 0));
    CHECK(bytes == 4 << 20);
}

TEST(environment_takes_virtual_memory_away) {
    if (!insideChild()) {
        CHECK(child("environment_takes_virtual_memory_away", "PARASOL_SOFT_VIRTUAL_MEMORY=0") == 0);
        return;
    }
    Fixture f;
    int present = -1;
    OK(cuDeviceGetAttribute(&present, 102, 0));
    CHECK(present == 0);
    CUdeviceptr range, block;
    EXPECT(CUDA_ERROR_NOT_SUPPORTED, cuMemAddressReserve(&range, 2 << 20, 0, 0, 0));
    CUmemGenericAllocationHandle handle;
    CUmemAllocationProp properties{};
    properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    properties.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
    EXPECT(CUDA_ERROR_NOT_SUPPORTED, cuMemCreate(&handle, 2 << 20, &properties, 0));
    OK(cuMemAlloc_v2(&block, 2 << 20));
    OK(cuMemFree_v2(block));
}

TEST(environment_may_leave_no_device) {
    if (!insideChild()) {
        CHECK(child("environment_may_leave_no_device", "PARASOL_SOFT_DEVICES=0") == 0);
        return;
    }
    EXPECT(CUDA_ERROR_NO_DEVICE, cuInit(0));
}

TEST(environment_that_is_not_understood_is_refused) {
    if (!insideChild()) {
        for (const char* bad : {"PARASOL_SOFT_MEMORY=much", "PARASOL_SOFT_MEMORY=1TB", "PARASOL_SOFT_DEVICES=-1", "PARASOL_SOFT_DEVICES=2x", "PARASOL_SOFT_CAPABILITY=ten", "PARASOL_SOFT_THREADS=junk", "PARASOL_SOFT_VIRTUAL_MEMORY=yes", "PARASOL_SOFT_THREADS=0", "PARASOL_SOFT_THREADS=257",
                                "PARASOL_SOFT_FAIL=cuMemAlloc", "PARASOL_SOFT_FAIL=cuMemAlloc:0:2"})
            CHECK(child("environment_that_is_not_understood_is_refused", bad) == 0, "%s", bad);
        return;
    }
    std::string text = harness::captureStderr([] { EXPECT(CUDA_ERROR_INVALID_VALUE, cuInit(0)); });
    CHECK(text.find("wants") != std::string::npos);
}
