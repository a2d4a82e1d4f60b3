// Modules and functions: PTX or a stub image names kernels, the engine holds their code.
#pragma once
#include <memory>
#include <string>
#include <vector>
#include "softcuda/driver_state.h"
#include "softcuda/engine.h"

namespace softcuda::driver {

constexpr int kDefaultDynamicShared = 48 << 10;  // bytes, without cuFuncSetAttribute
constexpr int kMultiprocessors = 2;  // few: the library then chooses large tiles, which run faster here

struct Function {
    const KernelEntry* entry;
    std::string name;
    Module* module;
    int ptxVersion;                              // 70 for 7.0
    std::atomic<int> maxDynamicShared{kDefaultDynamicShared};
    std::atomic<int> carveout{-1};
};

struct Module {
    std::shared_ptr<Context> context;
    std::vector<std::shared_ptr<Function>> functions;
};

// What an image says about its kernels.
struct Image {
    struct Entry { std::string name; size_t parameterBytes; };  // kUnknownSize in a stub image
    static constexpr size_t kUnknownSize = SIZE_MAX;
    int ptxVersion = 0;
    std::string target;                          // "sm_80"; empty in a stub image
    std::vector<Entry> entries;
};

// Reads PTX text or a stub image. On failure the message says why.
CUresult parseImage(const char* text, Image* image, std::string* message);

// Shared memory of a block: the opt-in limit, and that of a multiprocessor (bytes).
int sharedPerBlockOptin(const Device&);
int sharedPerMultiprocessor(const Device&);

}  // namespace softcuda::driver
