// The kernels that are linked in, by name.
#include <stdio.h>
#include <stdlib.h>

#include <map>
#include <string>

#include "softcuda/engine.h"

namespace softcuda {

namespace {

std::map<std::string, KernelEntry>& kernels() {
    static auto* map = new std::map<std::string, KernelEntry>;  // used by static constructors of any order
    return *map;
}

}  // namespace

void registerKernel(const KernelEntry& entry) {
    if (!kernels().emplace(entry.name, entry).second) {
        fprintf(stderr, "softcuda: two kernels named %s\n", entry.name);
        abort();
    }
}

const KernelEntry* findKernel(const char* name) {
    const auto found = kernels().find(name);
    return found == kernels().end() ? nullptr : &found->second;
}

}  // namespace softcuda
