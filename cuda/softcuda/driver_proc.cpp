// cuGetProcAddress: entries by name, resolved in this library.
#include <dlfcn.h>
#include <string>
#include "softcuda/driver_api.h"
#include "softcuda/driver_guard.h"

using namespace softcuda::driver;

namespace {

enum : int { kFound = 0, kNotFound = 1, kVersionNotSufficient = 2 };

// This library, or the whole program when it is linked into one.
void* self() {
    static void* const handle = [] {
        Dl_info info{};
        void* library = dladdr(reinterpret_cast<void*>(&cuInit), &info) ? dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD) : nullptr;
        return library ? library : RTLD_DEFAULT;
    }();
    return handle;
}

// A plain name stands for the newest version of the entry; each of them is older than CUDA 12.6.
void* find(const std::string& name) {
    for (const char* version : {"_v3", "_v2", ""})
        if (void* entry = dlsym(self(), (name + version).c_str())) return entry;
    return nullptr;
}

CUresult resolve(const char* name, void** entry, int cudaVersion, int* status) {
    if (!name || !entry) return CUDA_ERROR_INVALID_VALUE;
    *entry = cudaVersion <= kDriverVersion ? find(name) : nullptr;
    if (status) *status = *entry ? kFound : cudaVersion > kDriverVersion ? kVersionNotSufficient : kNotFound;
    return *entry ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}

}  // namespace

PARASOL_API CUresult cuGetProcAddress(const char* name, void** entry, int cudaVersion, uint64_t) {
    PARASOL_ENTER(cuGetProcAddress, kNothing);
    return resolve(name, entry, cudaVersion, nullptr);
}

PARASOL_API CUresult cuGetProcAddress_v2(const char* name, void** entry, int cudaVersion, uint64_t, int* status) {
    PARASOL_ENTER(cuGetProcAddress_v2, kNothing);
    return resolve(name, entry, cudaVersion, status);
}
