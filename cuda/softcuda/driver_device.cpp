// Initialization and devices: how many there are, what they are called and what they can do.
#include <cstdlib>
#include <cstring>
#include "softcuda/driver_api.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_module.h"
#include "softcuda/driver_state.h"

namespace softcuda::driver {

namespace {

std::atomic<bool> ready{false};

bool badSetting(const char* name, const char* wanted, const char* found) {
    std::fprintf(stderr, "softcuda: %s wants %s, found '%s'\n", name, wanted, found);
    return false;
}

bool memorySetting(size_t* bytes) {
    const char* text = std::getenv("PARASOL_SOFT_MEMORY");
    *bytes = size_t(2) << 30;
    if (!text) return true;
    char* unit = nullptr;
    unsigned long long number = std::strtoull(text, &unit, 10);
    std::string suffix = unit;
    int shift = suffix.empty() || suffix == "B" ? 0 : suffix == "KiB" ? 10 : suffix == "MiB" ? 20 : suffix == "GiB" ? 30 : -1;
    if (unit == text || shift < 0 || number == 0 || number > (UINT64_MAX >> 8 >> shift)) return badSetting("PARASOL_SOFT_MEMORY", "bytes, or a number with KiB, MiB or GiB", text);
    *bytes = size_t(number) << shift;
    return true;
}

bool countSetting(int* count) {
    const char* text = std::getenv("PARASOL_SOFT_DEVICES");
    *count = 1;
    char rest = 0;
    bool good = !text || (std::sscanf(text, "%d%c", count, &rest) == 1 && *count >= 0 && *count <= 16);
    return good || badSetting("PARASOL_SOFT_DEVICES", "a number from 0 to 16", text);
}

bool capabilitySetting(int* major, int* minor) {
    const char* text = std::getenv("PARASOL_SOFT_CAPABILITY");
    char rest = 0;
    *major = 8, *minor = 0;
    bool good = !text || (std::sscanf(text, "%d.%d%c", major, minor, &rest) == 2 && *major >= 8 && *major <= 12 && *minor >= 0 && *minor <= 9);
    return good || badSetting("PARASOL_SOFT_CAPABILITY", "a compute capability from 8.0 on", text);
}

bool virtualSetting(bool* present) {
    const char* text = std::getenv("PARASOL_SOFT_VIRTUAL_MEMORY");
    std::string value = text ? text : "1";
    *present = value == "1";
    return *present || value == "0" || badSetting("PARASOL_SOFT_VIRTUAL_MEMORY", "0 or 1", text);
}

// The engine reads the number when the first kernel is launched.
bool threadSetting() {
    const char* text = std::getenv("PARASOL_SOFT_THREADS");
    int threads = 0;
    char rest = 0;
    bool good = !text || (std::sscanf(text, "%d%c", &threads, &rest) == 1 && threads >= 1 && threads <= 256);
    return good || badSetting("PARASOL_SOFT_THREADS", "a number from 1 to 256", text);
}

Device* find(CUdevice ordinal) {
    auto& devices = state().devices;
    return ordinal >= 0 && size_t(ordinal) < devices.size() ? devices[size_t(ordinal)].get() : nullptr;
}

// By attribute number, as in CUdevice_attribute. What is not listed is 0: no textures, no surfaces, no managed memory.
int attribute(const Device& device, int number) {
    switch (number) {
        case 1: case 2: case 3: return 1024;                                     // threads per block, block x and y
        case 4: return 64;                                                       // block z
        case 5: return 0x7FFFFFFF;                                               // grid x
        case 6: case 7: return 65535;                                            // grid y and z
        case 8: return kDefaultDynamicShared;                                    // shared memory per block
        case 9: return 65536;                                                    // constant memory
        case 10: return 32;                                                      // warp
        case 11: return 0x7FFFFFFF;                                              // pitch
        case 12: case 82: return 65536;                                          // registers per block and multiprocessor
        case 13: case 36: return 1000000;                                        // clocks, kHz
        case 14: return 512;                                                     // alignment
        case 15: case 31: case 40: case 41: return 1;                            // overlap, concurrent kernels, copy engine, unified addresses
        case 16: return kMultiprocessors;                                                // multiprocessors
        case 18: return 1;                                                       // integrated: device memory is host memory
        case 19: case 78: case 95: case 99: return 1;                            // mapped host memory, priorities, cooperative launch, registration
        case 33: return 0xF0 + device.ordinal;                                   // PCI bus
        case 37: return 64;                                                      // bus width, bits
        case 38: return 4 << 20;                                                 // L2
        case 39: return 2048;                                                    // threads per multiprocessor
        case 75: return device.major;
        case 76: return device.minor;
        case 79: case 80: return 1;                                              // L1
        case 81: return sharedPerMultiprocessor(device);
        case 87: return 2;                                                       // single to double ratio
        case 91: return 1;                                                       // registered memory by its host pointer
        case 97: return sharedPerBlockOptin(device);
        case 102: return device.virtualMemory;                                   // virtual memory
        case 106: return 32;                                                     // blocks per multiprocessor
        case 111: return 1024;                                                   // reserved shared memory per block
        case 115: return 0;                                                      // memory pools
        default: return 0;
    }
}

}  // namespace

bool initialized() { return ready; }

int sharedPerBlockOptin(const Device& device) { return device.major >= 9 ? 227 << 10 : 163 << 10; }
int sharedPerMultiprocessor(const Device& device) { return device.major >= 9 ? 228 << 10 : 164 << 10; }

}  // namespace softcuda::driver

using namespace softcuda::driver;

PARASOL_API CUresult cuInit(unsigned flags) {
    PARASOL_ENTER(cuInit, kLibrary);
    if (flags) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    if (!ready) {
        size_t memory;
        int count, major, minor;
        bool virtualMemory;
        if (!memorySetting(&memory) || !countSetting(&count) || !capabilitySetting(&major, &minor) || !virtualSetting(&virtualMemory) || !threadSetting()) return CUDA_ERROR_INVALID_VALUE;
        for (int i = 0; i < count; i++) {
            auto device = std::make_unique<Device>();
            device->ordinal = i, device->major = major, device->minor = minor, device->memory = memory, device->virtualMemory = virtualMemory;
            state().devices.push_back(std::move(device));
        }
        ready = true;
    }
    return state().devices.empty() ? CUDA_ERROR_NO_DEVICE : CUDA_SUCCESS;
}

PARASOL_API CUresult cuDriverGetVersion(int* version) {
    PARASOL_ENTER(cuDriverGetVersion, kLibrary);
    if (!version) return CUDA_ERROR_INVALID_VALUE;
    *version = kDriverVersion;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDeviceGetCount(int* count) {
    PARASOL_ENTER(cuDeviceGetCount, kDriver);
    if (!count) return CUDA_ERROR_INVALID_VALUE;
    *count = int(state().devices.size());
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDeviceGet(CUdevice* device, int ordinal) {
    PARASOL_ENTER(cuDeviceGet, kDriver);
    if (!device) return CUDA_ERROR_INVALID_VALUE;
    if (!find(ordinal)) return CUDA_ERROR_INVALID_DEVICE;
    *device = ordinal;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
    PARASOL_ENTER(cuDeviceGetName, kDriver);
    if (!name || length <= 0) return CUDA_ERROR_INVALID_VALUE;
    if (!find(device)) return CUDA_ERROR_INVALID_DEVICE;
    std::snprintf(name, size_t(length), "Parasol software device");
    return CUDA_SUCCESS;
}

static CUresult uuid(CUuuid* out, CUdevice device) {
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    if (!find(device)) return CUDA_ERROR_INVALID_DEVICE;
    std::memcpy(out->bytes, "parasol-soft\0\0\0", sizeof out->bytes);
    out->bytes[15] = char(device);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDeviceGetUuid(CUuuid* out, CUdevice device) {
    PARASOL_ENTER(cuDeviceGetUuid, kDriver);
    return uuid(out, device);
}

PARASOL_API CUresult cuDeviceGetUuid_v2(CUuuid* out, CUdevice device) {
    PARASOL_ENTER(cuDeviceGetUuid_v2, kDriver);
    return uuid(out, device);
}

PARASOL_API CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
    PARASOL_ENTER(cuDeviceTotalMem_v2, kDriver);
    if (!bytes) return CUDA_ERROR_INVALID_VALUE;
    if (!find(device)) return CUDA_ERROR_INVALID_DEVICE;
    *bytes = find(device)->memory;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDeviceGetAttribute(int* value, int number, CUdevice device) {
    PARASOL_ENTER(cuDeviceGetAttribute, kDriver);
    if (!value || number < 1 || number > 147) return CUDA_ERROR_INVALID_VALUE;
    if (!find(device)) return CUDA_ERROR_INVALID_DEVICE;
    *value = attribute(*find(device), number);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDeviceGetProperties(CUdevprop* out, CUdevice device) {
    PARASOL_ENTER(cuDeviceGetProperties, kDriver);
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    Device* found = find(device);
    if (!found) return CUDA_ERROR_INVALID_DEVICE;
    auto get = [&](int number) { return attribute(*found, number); };
    *out = {get(1), {get(2), get(3), get(4)}, {get(5), get(6), get(7)}, get(8), get(9), get(10), get(11), get(12), get(13), get(14)};
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
    PARASOL_ENTER(cuDeviceComputeCapability, kDriver);
    if (!major || !minor) return CUDA_ERROR_INVALID_VALUE;
    if (!find(device)) return CUDA_ERROR_INVALID_DEVICE;
    *major = find(device)->major;
    *minor = find(device)->minor;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDeviceGetPCIBusId(char* id, int length, CUdevice device) {
    PARASOL_ENTER(cuDeviceGetPCIBusId, kDriver);
    if (!id || length < 13) return CUDA_ERROR_INVALID_VALUE;
    if (!find(device)) return CUDA_ERROR_INVALID_DEVICE;
    std::snprintf(id, size_t(length), "0000:%02x:00.0", attribute(*find(device), 33));
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDeviceCanAccessPeer(int* can, CUdevice device, CUdevice peer) {
    PARASOL_ENTER(cuDeviceCanAccessPeer, kDriver);
    if (!can) return CUDA_ERROR_INVALID_VALUE;
    if (!find(device) || !find(peer)) return CUDA_ERROR_INVALID_DEVICE;
    *can = device != peer;
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuDeviceGetP2PAttribute(int* value, int number, CUdevice source, CUdevice target) {
    PARASOL_ENTER(cuDeviceGetP2PAttribute, kDriver);
    if (!value || number < 1 || number > 4) return CUDA_ERROR_INVALID_VALUE;
    if (!find(source) || !find(target) || source == target) return CUDA_ERROR_INVALID_DEVICE;
    *value = number == 2 || number == 3;  // access and native atomics
    return CUDA_SUCCESS;
}
