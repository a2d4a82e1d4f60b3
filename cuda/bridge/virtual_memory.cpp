// Virtual memory calls whose structs JCuda fills from the wrong Java objects, and those that take the handles made here.
#include "bridge/driver.h"

namespace {

using Handle = unsigned long long;
using Address = unsigned long long;

// Layouts and values of the driver API since CUDA 10.2.
struct Location { int type, id; };
struct AllocationProperties {
    int type, requestedHandleTypes;
    Location location;
    void* win32HandleMetaData;
    struct { unsigned char compressionType, gpuDirectRdmaCapable; unsigned short usage; unsigned char reserved[4]; } flags;
};
struct AccessDescription { Location location; int flags; };
static_assert(sizeof(AllocationProperties) == 32 && sizeof(AccessDescription) == 12, "structs of the driver API");

constexpr int kPinned = 1, kOnDevice = 1, kReadWrite = 3, kMinimumGranularity = 0;

AllocationProperties pinnedOn(int device) {
    AllocationProperties properties{};
    properties.type = kPinned;
    properties.location = {kOnDevice, device};
    return properties;
}

}  // namespace

PARASOL_JNI(jint, memCreate)(JNIEnv* env, jclass, jlongArray handle, jlong bytes, jint device) {
    AllocationProperties properties = pinnedOn(device);
    Handle created = 0;
    int result = bridge::call<Handle*, size_t, const AllocationProperties*, unsigned long long>("cuMemCreate", &created, bytes, &properties, 0);
    if (result == 0) bridge::store(env, handle, created);
    return result;
}

PARASOL_JNI(jint, memRelease)(JNIEnv*, jclass, jlong handle) {
    return bridge::call<Handle>("cuMemRelease", handle);
}

PARASOL_JNI(jint, memMap)(JNIEnv*, jclass, jlong address, jlong bytes, jlong handle) {
    return bridge::call<Address, size_t, size_t, Handle, unsigned long long>("cuMemMap", address, bytes, 0, handle, 0);
}

PARASOL_JNI(jint, memSetAccess)(JNIEnv*, jclass, jlong address, jlong bytes, jint device) {
    AccessDescription access{{kOnDevice, device}, kReadWrite};
    return bridge::call<Address, size_t, const AccessDescription*, size_t>("cuMemSetAccess", address, bytes, &access, 1);
}

PARASOL_JNI(jint, memGranularity)(JNIEnv* env, jclass, jlongArray bytes, jint device) {
    AllocationProperties properties = pinnedOn(device);
    size_t granularity = 0;
    int result = bridge::call<size_t*, const AllocationProperties*, int>("cuMemGetAllocationGranularity", &granularity, &properties, kMinimumGranularity);
    if (result == 0) bridge::store(env, bytes, granularity);
    return result;
}
