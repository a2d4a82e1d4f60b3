// Modules: loaded from images, unloaded, and their functions found.
#include "softcuda/driver_module.h"
#include <cstring>
#include <fstream>
#include <sstream>
#include "softcuda/driver_api.h"
#include "softcuda/driver_capture.h"
#include "softcuda/driver_guard.h"
#include "softcuda/driver_schedule.h"

using namespace softcuda::driver;

namespace {

// "sm_80" runs on 8.0 and all later devices, "sm_90a" on 9.0 alone.
bool runsOn(const std::string& target, const Device& device) {
    int number = 0;
    char suffix = 0;
    int fields = std::sscanf(target.c_str(), "sm_%d%c", &number, &suffix);
    int capability = device.major * 10 + device.minor;
    return fields == 1 ? number <= capability : fields == 2 && number == capability;
}

CUresult link(const Image& image, Module& module, std::string* message) {
    const Device& device = *module.context->device;
    if (!image.target.empty() && !runsOn(image.target, device)) {
        *message = "PTX for " + image.target + " does not run on a device of capability " + std::to_string(device.major) + "." + std::to_string(device.minor);
        return CUDA_ERROR_INVALID_PTX;
    }
    for (const Image::Entry& entry : image.entries) {
        const softcuda::KernelEntry* kernel = softcuda::findKernel(entry.name.c_str());
        if (!kernel) {
            *message = "kernel " + entry.name + " is not compiled into the software device";
            return CUDA_ERROR_INVALID_PTX;
        }
        if (entry.parameterBytes != Image::kUnknownSize && entry.parameterBytes != kernel->paramBytes) {
            *message = "kernel " + entry.name + " takes " + std::to_string(entry.parameterBytes) + " bytes of parameters by its PTX, and "
                     + std::to_string(kernel->paramBytes) + " in the software device: one of them is stale";
            return CUDA_ERROR_INVALID_PTX;
        }
        auto function = std::make_shared<Function>();
        function->entry = kernel;
        function->name = entry.name;
        function->module = &module;
        function->ptxVersion = image.ptxVersion;
        module.functions.push_back(function);
    }
    return CUDA_SUCCESS;
}

// The message goes to stderr and, where the caller gave a buffer for it, there too.
void report(const std::string& message, unsigned count, const int* options, void** values) {
    std::fprintf(stderr, "softcuda: %s\n", message.c_str());
    char* log = nullptr;
    size_t room = 0;
    for (unsigned i = 0; i < count; i++) {
        if (options[i] == CU_JIT_ERROR_LOG_BUFFER) log = static_cast<char*>(values[i]);
        if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES) room = unsigned(reinterpret_cast<uintptr_t>(values[i]));
    }
    if (log && room > 0) std::snprintf(log, room, "%s", message.c_str());
}

CUresult load(CUmodule* out, const char* text, unsigned count = 0, const int* options = nullptr, void** values = nullptr) {
    if (!out || !text || (count > 0 && (!options || !values))) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    if (CUresult refused = refuseUnsafe(lock)) return refused;
    auto module = std::make_shared<Module>();
    module->context = current();
    Image image;
    std::string message;
    CUresult result = parseImage(text, &image, &message);
    if (!result) result = link(image, *module, &message);
    if (result) {
        report(message, count, options, values);
        return result;
    }
    for (const auto& function : module->functions) state().functions.add(function);
    *out = state().modules.add(module);
    return CUDA_SUCCESS;
}

}  // namespace

PARASOL_API CUresult cuModuleLoadData(CUmodule* out, const void* image) {
    PARASOL_ENTER(cuModuleLoadData, kHealthy);
    return load(out, static_cast<const char*>(image));
}

PARASOL_API CUresult cuModuleLoadDataEx(CUmodule* out, const void* image, unsigned count, int* options, void** values) {
    PARASOL_ENTER(cuModuleLoadDataEx, kHealthy);
    return load(out, static_cast<const char*>(image), count, options, values);
}

PARASOL_API CUresult cuModuleLoad(CUmodule* out, const char* path) {
    PARASOL_ENTER(cuModuleLoad, kHealthy);
    if (!out || !path) return CUDA_ERROR_INVALID_VALUE;
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    if (!file || !(text << file.rdbuf())) return CUDA_ERROR_FILE_NOT_FOUND;
    return load(out, text.str().c_str());
}

PARASOL_API CUresult cuModuleUnload(CUmodule handle) {
    PARASOL_ENTER(cuModuleUnload, kHealthy);
    Lock lock(state().mutex);
    std::shared_ptr<Module> module = state().modules.find(handle);
    if (!module) return CUDA_ERROR_INVALID_HANDLE;
    if (CUresult failed = drain(lock, *module->context)) return failed;
    for (const auto& function : module->functions) state().functions.remove(function.get());
    state().modules.remove(handle);
    return CUDA_SUCCESS;
}

PARASOL_API CUresult cuModuleGetFunction(CUfunction* out, CUmodule handle, const char* name) {
    PARASOL_ENTER(cuModuleGetFunction, kHealthy);
    if (!out || !name) return CUDA_ERROR_INVALID_VALUE;
    Lock lock(state().mutex);
    std::shared_ptr<Module> module = state().modules.find(handle);
    if (!module) return CUDA_ERROR_INVALID_HANDLE;
    for (const auto& function : module->functions) {
        if (function->name != name) continue;
        *out = function.get();
        return CUDA_SUCCESS;
    }
    return CUDA_ERROR_NOT_FOUND;
}

// No kernel of this project keeps globals in its module.
PARASOL_API CUresult cuModuleGetGlobal_v2(CUdeviceptr*, size_t*, CUmodule handle, const char* name) {
    PARASOL_ENTER(cuModuleGetGlobal_v2, kHealthy);
    Lock lock(state().mutex);
    if (!name) return CUDA_ERROR_INVALID_VALUE;
    return state().modules.find(handle) ? CUDA_ERROR_NOT_FOUND : CUDA_ERROR_INVALID_HANDLE;
}

PARASOL_API CUresult cuModuleGetLoadingMode(int* mode) {
    PARASOL_ENTER(cuModuleGetLoadingMode, kDriver);
    if (!mode) return CUDA_ERROR_INVALID_VALUE;
    *mode = 1;  // eager
    return CUDA_SUCCESS;
}
