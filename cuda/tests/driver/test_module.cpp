#include "tests/driver/fixture.h"
#include <cstring>
#include <string>

namespace {

std::string ptx(const char* version, const char* target, const char* entry) {
    return std::string("//\n// made by hand\n//\n.version ") + version + "\n.target " + target + "\n.address_size 64\n" + entry;
}

constexpr char kAdd[] = ".visible .entry driver_add(\n\t.param .align 8 .b8 driver_add_param_0[16]\n)\n.maxntid 256, 1, 1\n{\n ret;\n}\n";

std::string refusal(CUresult expected, const std::string& text) {
    return harness::captureStderr([&] {
        CUmodule m;
        EXPECT(expected, cuModuleLoadData(&m, text.c_str()));
    });
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(ptx_names_kernels_of_the_software_device) {
    Fixture f;
    CUmodule m;
    CUfunction function;
    std::string both = ptx("7.0", "sm_80", kAdd) + "/* .entry ghost() */\n.entry driver_store(.param .u64 a, .param .u32 b, .param .u32 c) {}\n";
    OK(cuModuleLoadData(&m, both.c_str()));
    OK(cuModuleGetFunction(&function, m, "driver_add"));
    OK(cuModuleGetFunction(&function, m, "driver_store"));
    EXPECT(CUDA_ERROR_NOT_FOUND, cuModuleGetFunction(&function, m, "driver_move"));
    CUmodule owner;
    OK(cuFuncGetModule(&owner, function));
    CHECK(owner == m);
    int value;
    OK(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_PTX_VERSION, function));
    CHECK(value == 70);
    OK(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, function));
    CHECK(value == 32);
    OK(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES, function));
    CHECK(value == 0);
    size_t offset, bytes;
    OK(cuFuncGetParamInfo(function, 0, &offset, &bytes));
    CHECK(offset == 0 && bytes == sizeof(StoreParams));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuFuncGetParamInfo(function, 1, &offset, &bytes));
    OK(cuModuleUnload(m));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuFuncGetAttribute(&value, 0, function));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuModuleUnload(m));
}

TEST(images_that_cannot_run_are_refused_with_the_reason) {
    Fixture f;
    CHECK(has(refusal(CUDA_ERROR_INVALID_PTX, ptx("7.0", "sm_80", ".entry ghost() {}")), "ghost"));
    std::string wrong = refusal(CUDA_ERROR_INVALID_PTX, ptx("7.0", "sm_80", ".entry driver_add(.param .align 8 .b8 p[24]) {}"));
    CHECK(has(wrong, "24") && has(wrong, "16"), "%s", wrong.c_str());
    CHECK(has(refusal(CUDA_ERROR_INVALID_PTX, ptx("8.0", "sm_90", kAdd)), "sm_90"));
    CHECK(has(refusal(CUDA_ERROR_INVALID_PTX, ptx("8.0", "sm_90a", kAdd)), "sm_90a"));
    refusal(CUDA_ERROR_UNSUPPORTED_PTX_VERSION, ptx("9.0", "sm_80", kAdd));
    refusal(CUDA_ERROR_INVALID_IMAGE, "no image at all");
    refusal(CUDA_ERROR_NO_BINARY_FOR_GPU, "\177ELF...");
    CHECK(has(refusal(CUDA_ERROR_INVALID_PTX, "// parasol stub\n.entry ghost\n"), "ghost"));
    CHECK(parasol_soft_live("modules") == 1);
}

TEST(the_compile_log_says_why) {
    Fixture f;
    char log[200] = "";
    int options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
    std::string text = ptx("7.0", "sm_80", ".entry ghost() {}");
    harness::captureStderr([&] {
        CUmodule m;
        EXPECT(CUDA_ERROR_INVALID_PTX, cuModuleLoadDataEx(&m, text.c_str(), 2, options, values));
    });
    CHECK(has(log, "ghost"));
    CUmodule m;
    EXPECT(CUDA_ERROR_FILE_NOT_FOUND, cuModuleLoad(&m, "/no/such/file.ptx"));
}

TEST(launches_are_checked) {
    Fixture f;
    CUdeviceptr p = f.allocate(4);
    AddParams params{reinterpret_cast<int32_t*>(p), 1, 1};
    void* arguments[] = {&params};
    CUfunction add = f.function("driver_add");
    auto launch = [&](unsigned grid, unsigned block, unsigned shared) { return cuLaunchKernel(add, grid, 1, 1, block, 1, 1, shared, nullptr, arguments, nullptr); };
    EXPECT(CUDA_ERROR_INVALID_VALUE, launch(0, 32, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, launch(1, 1025, 0));
    EXPECT(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, launch(1, 512, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, launch(1, 32, (48 << 10) + 1));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuLaunchKernel(add, 1, 65536, 1, 32, 1, 1, 0, nullptr, arguments, nullptr));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuLaunchKernel(add, 1, 1, 1, 32, 1, 1, 0, nullptr, nullptr, nullptr));
    EXPECT(CUDA_ERROR_INVALID_HANDLE, cuLaunchKernel(reinterpret_cast<CUfunction>(&params), 1, 1, 1, 32, 1, 1, 0, nullptr, arguments, nullptr));
    OK(cuMemsetD32_v2(p, 0, 1));
    OK(launch(1, 32, 0));
    params.addend = 1000;  // the launch has copied it
    CHECK(f.first(p) == 1);
}

TEST(parameters_may_come_as_a_buffer) {
    Fixture f;
    CUdeviceptr p = f.allocate(4);
    OK(cuMemsetD32_v2(p, 0, 1));
    AddParams params{reinterpret_cast<int32_t*>(p), 1, 5};
    size_t size = sizeof params;
    void* extra[] = {reinterpret_cast<void*>(1), &params, reinterpret_cast<void*>(2), &size, nullptr};
    OK(cuLaunchKernel(f.function("driver_add"), 1, 1, 1, 32, 1, 1, 0, nullptr, nullptr, extra));
    CHECK(f.first(p) == 5);
    size = 8;
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuLaunchKernel(f.function("driver_add"), 1, 1, 1, 32, 1, 1, 0, nullptr, nullptr, extra));
}

TEST(much_dynamic_shared_memory_must_be_asked_for) {
    Fixture f;
    CUdeviceptr p = f.allocate(4);
    constexpr unsigned kShared = 100 << 10;
    AddParams params{reinterpret_cast<int32_t*>(p), kShared / 4 - 64, 77};
    EXPECT(CUDA_ERROR_INVALID_VALUE, f.launch("driver_shared", params, nullptr, 1, 64, kShared));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuFuncSetAttribute(f.function("driver_shared"), CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 200 << 10));
    OK(cuFuncSetAttribute(f.function("driver_shared"), CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, kShared));
    OK(f.launch("driver_shared", params, nullptr, 1, 64, kShared));
    CHECK(f.first(p) == 77);
    int blocks;
    OK(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, f.function("driver_shared"), 64, kShared));
    CHECK(blocks == 1);
    OK(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, f.function("driver_add"), 256, 0));
    CHECK(blocks == 8);
    int grid, size;
    OK(cuOccupancyMaxPotentialBlockSize(&grid, &size, f.function("driver_add"), nullptr, 0, 0));
    CHECK(size == 256 && grid == 8 * 2);
}

TEST(launch_attributes_and_cooperative_launches) {
    Fixture f;
    CUdeviceptr p = f.allocate(4);
    OK(cuMemsetD32_v2(p, 0, 1));
    AddParams params{reinterpret_cast<int32_t*>(p), 1, 1};
    void* arguments[] = {&params};
    CUlaunchAttribute cluster{};
    cluster.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
    cluster.value.clusterDim = {1, 1, 1};
    CUlaunchConfig config{1, 1, 1, 32, 1, 1, 0, nullptr, &cluster, 1};
    OK(cuLaunchKernelEx(&config, f.function("driver_add"), arguments, nullptr));
    cluster.value.clusterDim = {2, 1, 1};
    harness::captureStderr([&] { EXPECT(CUDA_ERROR_NOT_SUPPORTED, cuLaunchKernelEx(&config, f.function("driver_add"), arguments, nullptr)); });
    OK(cuLaunchCooperativeKernel(f.function("driver_add"), 16, 1, 1, 256, 1, 1, 0, nullptr, arguments));
    EXPECT(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE, cuLaunchCooperativeKernel(f.function("driver_add"), 1000, 1, 1, 256, 1, 1, 0, nullptr, arguments));
    CHECK(f.first(p) == 2);
}
