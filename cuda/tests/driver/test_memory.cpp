#include "tests/driver/fixture.h"
#include <cstring>

constexpr size_t kDeviceBytes = size_t(64) << 20;  // as test_device.cpp sets it

TEST(memory_is_bounded_and_running_out_changes_nothing) {
    Fixture f;
    size_t available, total;
    CUdeviceptr big = f.allocate(40 << 20), p = 77;
    EXPECT(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc_v2(&p, 30 << 20));
    CHECK(p == 77);
    EXPECT(CUDA_ERROR_OUT_OF_MEMORY, cuMemAlloc_v2(&p, SIZE_MAX));
    OK(cuMemGetInfo_v2(&available, &total));
    CHECK(total == kDeviceBytes && available == kDeviceBytes - (size_t(40) << 20));
    CHECK(parasol_soft_live("allocations") == 1 && parasol_soft_live("bytes") == size_t(40) << 20);
    OK(cuMemFree_v2(big));
    OK(cuMemAlloc_v2(&p, kDeviceBytes));
    OK(cuMemFree_v2(p));
    CHECK(parasol_soft_live("bytes") == 0);
}

TEST(only_what_was_allocated_can_be_freed_and_only_once) {
    Fixture f;
    CUdeviceptr p = f.allocate(100);
    CHECK(p % 256 == 0);
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(p + 4));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemFreeHost(reinterpret_cast<void*>(p)));
    OK(cuMemFree_v2(p));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemFree_v2(p));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemAlloc_v2(&p, 0));
}

TEST(fresh_memory_is_poison) {
    Fixture f;
    CUdeviceptr p = f.allocate(5 << 20);
    for (int32_t value : f.read(p, (5 << 20) / 4)) CHECK(value == -1);
    OK(cuMemsetD8_v2(p, 0, 5 << 20));
    for (int32_t value : f.read(p, (5 << 20) / 4)) CHECK(value == 0);
    CUdeviceptr q = f.allocate(5 << 20);
    CHECK(f.first(q) == -1);
}

TEST(copies_outside_of_allocations_are_refused) {
    Fixture f;
    CUdeviceptr p = f.allocate(100);
    char host[256] = {};
    OK(cuMemcpyHtoD_v2(p, host, 100));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD_v2(p, host, 101));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD_v2(p + 50, host, 51));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoH_v2(host, p - 1, 2));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoH_v2(host, CUdeviceptr(uintptr_t(host)), 10));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD_v2(p, nullptr, 10));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemsetD32_v2(p + 2, 0, 1));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemsetD8_v2(p, 0, 101));
    OK(cuMemcpyHtoD_v2(p, host, 0));
}

TEST(fills_of_every_width) {
    Fixture f;
    CUdeviceptr p = f.allocate(64);
    OK(cuMemsetD32_v2(p, 0x01020304, 16));
    OK(cuMemsetD16_v2(p + 4, 0xABCD, 2));
    OK(cuMemsetD8_v2(p + 8, 0x7F, 3));
    OK(cuMemsetD2D8_v2(p + 16, 16, 0, 4, 3));
    std::vector<int32_t> v = f.read(p, 16);
    CHECK(v[0] == 0x01020304 && uint32_t(v[1]) == 0xABCDABCDu && v[2] == 0x017F7F7F);
    CHECK(v[4] == 0 && v[5] == 0x01020304 && v[8] == 0 && v[12] == 0 && v[13] == 0x01020304);
}

TEST(copies_of_rectangles_and_boxes) {
    Fixture f;
    int32_t host[6][8];
    for (int i = 0; i < 48; i++) host[i / 8][i % 8] = i;
    CUdeviceptr p = f.allocate(4 * 12);
    CUDA_MEMCPY2D plane{};
    plane.srcMemoryType = CU_MEMORYTYPE_HOST, plane.srcHost = host, plane.srcPitch = 32, plane.srcXInBytes = 8, plane.srcY = 1;
    plane.dstMemoryType = CU_MEMORYTYPE_DEVICE, plane.dstDevice = p, plane.dstPitch = 16, plane.WidthInBytes = 16, plane.Height = 3;
    OK(cuMemcpy2D_v2(&plane));
    std::vector<int32_t> v = f.read(p, 12);
    for (int y = 0; y < 3; y++)
        for (int x = 0; x < 4; x++) CHECK(v[size_t(y * 4 + x)] == (y + 1) * 8 + x + 2);
    plane.Height = 4;
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpy2D_v2(&plane));
    CUDA_MEMCPY3D box{};
    int32_t out[4] = {};
    box.srcMemoryType = CU_MEMORYTYPE_DEVICE, box.srcDevice = p, box.srcPitch = 8, box.srcHeight = 3, box.srcXInBytes = 4;
    box.dstMemoryType = CU_MEMORYTYPE_HOST, box.dstHost = out, box.dstPitch = 4, box.dstHeight = 2;
    box.WidthInBytes = 4, box.Height = 2, box.Depth = 2;
    OK(cuMemcpy3D_v2(&box));
    CHECK(out[0] == v[1] && out[1] == v[3] && out[2] == v[7] && out[3] == v[9]);
    plane.srcMemoryType = CU_MEMORYTYPE_ARRAY;
    harness::captureStderr([&] { EXPECT(CUDA_ERROR_NOT_SUPPORTED, cuMemcpy2D_v2(&plane)); });
}

TEST(addresses_know_what_they_are) {
    Fixture f;
    CUdeviceptr p = f.allocate(1000), start;
    char* host = f.pinned<char>(100);
    unsigned type;
    size_t size;
    OK(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, p + 999));
    CHECK(type == CU_MEMORYTYPE_DEVICE);
    OK(cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, CUdeviceptr(uintptr_t(host))));
    CHECK(type == CU_MEMORYTYPE_HOST);
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuPointerGetAttribute(&type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, CUdeviceptr(uintptr_t(&f))));
    OK(cuMemGetAddressRange_v2(&start, &size, p + 5));
    CHECK(start == p && size == 1000);
    OK(cuMemHostGetDevicePointer_v2(&start, host, 0));
    CHECK(start == uintptr_t(host));
}

TEST(registered_memory_is_pinned_until_it_is_unregistered) {
    Fixture f;
    std::vector<int32_t> values(1000, 3);
    OK(cuMemHostRegister_v2(values.data(), 4000, 0));
    EXPECT(CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED, cuMemHostRegister_v2(values.data() + 10, 40, 0));
    OK(f.add(CUdeviceptr(uintptr_t(values.data())), 1000, 4));
    OK(cuCtxSynchronize());
    CHECK(values[999] == 7);
    OK(cuMemHostUnregister(values.data()));
    EXPECT(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, cuMemHostUnregister(values.data()));
}

TEST(freed_memory_faults_in_a_kernel) {
    Fixture f;
    CUdeviceptr p = f.allocate(4096);
    OK(f.add(p, 1024, 1));
    OK(cuMemFree_v2(p));  // waits for the kernel
    OK(f.add(p, 1024, 1));
    harness::captureStderr([] { EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize()); });
}

TEST(running_off_the_end_faults_in_a_kernel) {
    Fixture f;
    CUdeviceptr p = f.allocate(1024);
    OK(f.add(p, 256, 1));
    OK(cuCtxSynchronize());
    OK(f.add(p, 257, 1));
    harness::captureStderr([] { EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize()); });
}

TEST(stream_ordered_frees_make_room_when_memory_is_short) {
    Fixture f;
    CUstream s = f.stream();
    CUdeviceptr a, b;
    OK(cuMemAllocAsync(&a, 40 << 20, s));
    OK(f.add(a, 1000, 1, s));
    OK(cuMemFreeAsync(a, s));
    CHECK(parasol_soft_live("allocations") == 1);
    OK(cuMemAllocAsync(&b, 40 << 20, s));
    CHECK(parasol_soft_live("allocations") == 1);
    OK(cuMemFreeAsync(b, s));
    OK(cuStreamSynchronize(s));
    CHECK(parasol_soft_live("bytes") == 0);
}
