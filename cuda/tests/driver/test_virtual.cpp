#include "tests/driver/fixture.h"

namespace {

struct Region {
    explicit Region(size_t chunks) : bytes(chunks * kChunk) { OK(cuMemAddressReserve(&base, bytes, 0, 0, 0)); }
    ~Region() {
        for (CUdeviceptr p = base; p < base + bytes; p += kChunk) cuMemUnmap(p, kChunk);
        cuMemAddressFree(base, bytes);
    }
    CUdeviceptr at(size_t chunk) const { return base + chunk * kChunk; }
    CUdeviceptr base;
    size_t bytes;
};

CUmemGenericAllocationHandle create(size_t bytes = kChunk, int device = 0) {
    CUmemAllocationProp p = properties(device);
    CUmemGenericAllocationHandle handle;
    OK(cuMemCreate(&handle, bytes, &p, 0));
    return handle;
}

CUresult access(CUdeviceptr base, size_t bytes, int flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE, int device = 0) {
    CUmemAccessDesc right{{CU_MEM_LOCATION_TYPE_DEVICE, device}, flags};
    return cuMemSetAccess(base, bytes, &right, 1);
}

}  // namespace

TEST(memory_is_reserved_created_mapped_used_and_given_back) {
    Fixture f;
    {
        Region r(4);
        CUmemGenericAllocationHandle a = create(), b = create(2 * kChunk);
        OK(cuMemMap(r.at(0), kChunk, 0, a, 0));
        OK(cuMemMap(r.at(1), 2 * kChunk, 0, b, 0));
        OK(access(r.base, 3 * kChunk));
        CHECK(parasol_soft_live("bytes") == 3 * kChunk && parasol_soft_live("handles") == 2 && parasol_soft_live("mappings") == 2 && parasol_soft_live("ranges") == 1);
        CHECK(f.first(r.at(2)) == -1);  // poison
        OK(cuMemsetD8_v2(r.base, 0, 3 * kChunk));
        OK(f.add(r.at(1) - 2048, 1024, 9));  // across the seam of two handles
        std::vector<int32_t> v = f.read(r.at(1) - 2048, 1024);
        CHECK(v.front() == 9 && v.back() == 9);
        OK(cuMemRelease(a));
        OK(cuMemRelease(b));
        CHECK(parasol_soft_live("handles") == 2);  // mapped still
        OK(cuMemUnmap(r.base, 3 * kChunk));
        CHECK(parasol_soft_live("handles") == 0 && parasol_soft_live("mappings") == 0 && parasol_soft_live("bytes") == 0);
    }
    CHECK(parasol_soft_live("ranges") == 0);
}

TEST(one_handle_at_two_addresses_is_one_memory) {
    Fixture f;
    Region r(2);
    CUmemGenericAllocationHandle h = create();
    OK(cuMemMap(r.at(0), kChunk, 0, h, 0));
    OK(cuMemMap(r.at(1), kChunk, 0, h, 0));
    OK(access(r.base, 2 * kChunk));
    OK(cuMemsetD32_v2(r.at(0), 41, 100));
    OK(f.add(r.at(1), 100, 1));
    CHECK(f.first(r.at(0)) == 42);
    OK(cuMemRelease(h));
    OK(cuMemUnmap(r.at(0), kChunk));
    CHECK(f.first(r.at(1)) == 42 && parasol_soft_live("bytes") == kChunk);
}

TEST(remapping_moves_memory_without_copying) {
    Fixture f;
    Region r(4);
    CUmemGenericAllocationHandle h = create();
    OK(cuMemMap(r.at(0), kChunk, 0, h, 0));
    OK(access(r.at(0), kChunk));
    OK(cuMemsetD32_v2(r.at(0), 7, kChunk / 4));
    OK(cuCtxSynchronize());
    OK(cuMemUnmap(r.at(0), kChunk));
    OK(cuMemMap(r.at(3), kChunk, 0, h, 0));
    OK(access(r.at(3), kChunk));
    CHECK(f.first(r.at(3) + kChunk - 4) == 7);
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoD_v2(r.at(0), r.at(3), 4));
    OK(cuMemRelease(h));
}

TEST(nothing_can_be_touched_before_access_is_set) {
    Fixture f;
    Region r(1);
    CUmemGenericAllocationHandle h = create();
    OK(cuMemMap(r.base, kChunk, 0, h, 0));
    OK(cuMemRelease(h));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemsetD8_v2(r.base, 0, 4));
    OK(access(r.base, kChunk, CU_MEM_ACCESS_FLAGS_PROT_READ));
    CHECK(f.first(r.base) == -1);
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemsetD8_v2(r.base, 0, 4));
    OK(access(r.base, kChunk, CU_MEM_ACCESS_FLAGS_PROT_NONE));
    OK(f.add(r.base, 1, 1));
    harness::captureStderr([] { EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize()); });
}

TEST(writing_where_only_reading_is_allowed_faults) {
    Fixture f;
    Region r(1);
    CUmemGenericAllocationHandle h = create();
    OK(cuMemMap(r.base, kChunk, 0, h, 0));
    OK(cuMemRelease(h));
    OK(access(r.base, kChunk, CU_MEM_ACCESS_FLAGS_PROT_READ));
    OK(f.add(r.base, 1, 1));
    harness::captureStderr([] { EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize()); });
}

TEST(queued_work_on_unmapped_memory_faults) {
    Fixture f;
    Region r(1);
    CUmemGenericAllocationHandle h = create();
    OK(cuMemMap(r.base, kChunk, 0, h, 0));
    OK(cuMemRelease(h));
    OK(access(r.base, kChunk));
    OK(cuMemsetD8_v2(r.base, 0, 64));
    OK(cuMemUnmap(r.base, kChunk));  // does not wait
    harness::captureStderr([] { EXPECT(CUDA_ERROR_ILLEGAL_ADDRESS, cuCtxSynchronize()); });
}

TEST(only_multiples_of_the_granularity_are_taken) {
    Fixture f;
    Region r(2);
    CUmemAllocationProp p = properties();
    CUmemGenericAllocationHandle h;
    CUdeviceptr base;
    size_t granularity;
    OK(cuMemGetAllocationGranularity(&granularity, &p, 0));
    CHECK(granularity == kChunk);
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemCreate(&h, kChunk + 4096, &p, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemCreate(&h, 0, &p, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemAddressReserve(&base, 4096, 0, 0, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemAddressReserve(&base, kChunk, 3, 0, 0));
    h = create();
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemMap(r.base + 4096, kChunk, 0, h, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemMap(r.base, kChunk, 4096, h, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemMap(r.base, 2 * kChunk, 0, h, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemMap(r.base + r.bytes, kChunk, 0, h, 0));
    OK(cuMemMap(r.base, kChunk, 0, h, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemMap(r.base, kChunk, 0, h, 0));
    OK(cuMemRelease(h));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemRelease(h));
}

TEST(whole_mappings_only_are_unmapped_and_given_access) {
    Fixture f;
    Region r(4);
    CUmemGenericAllocationHandle a = create(2 * kChunk), b = create();
    OK(cuMemMap(r.at(0), 2 * kChunk, 0, a, 0));
    OK(cuMemMap(r.at(3), kChunk, 0, b, 0));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemUnmap(r.at(0), kChunk));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemUnmap(r.at(1), kChunk));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemUnmap(r.at(0), 4 * kChunk));  // a hole
    EXPECT(CUDA_ERROR_INVALID_VALUE, access(r.at(0), kChunk));
    EXPECT(CUDA_ERROR_INVALID_VALUE, access(r.at(0), 4 * kChunk));
    EXPECT(CUDA_ERROR_INVALID_VALUE, access(r.at(2), kChunk));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemAddressFree(r.base, r.bytes));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemAddressFree(r.base, kChunk));
    OK(access(r.at(0), 2 * kChunk));
    unsigned long long flags;
    CUmemLocation here{CU_MEM_LOCATION_TYPE_DEVICE, 0}, there{CU_MEM_LOCATION_TYPE_DEVICE, 1};
    OK(cuMemGetAccess(&flags, &here, r.at(1)));
    CHECK(flags == 3);
    OK(cuMemGetAccess(&flags, &there, r.at(1)));
    CHECK(flags == 0);
    OK(cuMemUnmap(r.at(0), 2 * kChunk));
    OK(cuMemUnmap(r.at(3), kChunk));
    OK(cuMemRelease(a));
    OK(cuMemRelease(b));
}

TEST(garbage_in_the_structs_is_refused) {
    Fixture f;
    Region r(1);
    CUmemGenericAllocationHandle h = create();
    OK(cuMemMap(r.base, kChunk, 0, h, 0));
    OK(cuMemRelease(h));
    size_t before = parasol_soft_live("bytes");
    auto refused = [](auto change) {
        CUmemAllocationProp p = properties();
        change(p);
        CUmemGenericAllocationHandle handle;
        EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemCreate(&handle, kChunk, &p, 0));
    };
    refused([](auto& p) { p.type = 0; });
    refused([](auto& p) { p.requestedHandleTypes = 0x40; });
    refused([](auto& p) { p.location.type = 0; });
    refused([](auto& p) { p.location.id = 2; });
    refused([](auto& p) { p.location.id = -1; });
    refused([](auto& p) { p.win32HandleMetaData = &p; });
    refused([](auto& p) { p.allocFlags.compressionType = 9; });
    refused([](auto& p) { p.allocFlags.gpuDirectRDMACapable = 1; });
    refused([](auto& p) { p.allocFlags.usage = 0x4000; });
    refused([](auto& p) { p.allocFlags.reserved[3] = 1; });
    CHECK(parasol_soft_live("bytes") == before);
    EXPECT(CUDA_ERROR_INVALID_VALUE, access(r.base, kChunk, 2));
    EXPECT(CUDA_ERROR_INVALID_VALUE, access(r.base, kChunk, 3, 2));
    CUmemAccessDesc right{{0, 0}, 3};
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemSetAccess(r.base, kChunk, &right, 1));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemSetAccess(r.base, kChunk, &right, 0));
}

TEST(physical_memory_counts_against_the_device) {
    Fixture f;
    CUdeviceptr plain = f.allocate(32 << 20);
    CUmemGenericAllocationHandle h = create(32 << 20), none;
    CUmemAllocationProp p = properties();
    EXPECT(CUDA_ERROR_OUT_OF_MEMORY, cuMemCreate(&none, kChunk, &p, 0));
    CUmemGenericAllocationHandle other = create(kChunk, 1);  // the other device has its own
    OK(cuMemFree_v2(plain));
    OK(cuMemCreate(&none, kChunk, &p, 0));
    for (auto handle : {h, other, none}) OK(cuMemRelease(handle));
    CHECK(parasol_soft_live("bytes") == 0);
}

TEST(a_retained_handle_keeps_its_memory) {
    Fixture f;
    Region r(1);
    CUmemGenericAllocationHandle h = create(), again;
    OK(cuMemMap(r.base, kChunk, 0, h, 0));
    OK(cuMemRelease(h));
    OK(cuMemRetainAllocationHandle(&again, reinterpret_cast<void*>(r.base + 100)));
    CHECK(again == h);
    OK(cuMemUnmap(r.base, kChunk));
    CHECK(parasol_soft_live("bytes") == kChunk);
    OK(cuMemRelease(again));
    CHECK(parasol_soft_live("bytes") == 0);
}
