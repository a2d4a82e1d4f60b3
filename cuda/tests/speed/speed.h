// Timing of launches on the software device.
#pragma once
#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>

#include "softcuda/engine.h"

namespace speed {

// Seconds of one launch, the best of several.
inline double measure(const char* name, softcuda::Dim3 grid, softcuda::Dim3 block, size_t shared, const void* params) {
    const softcuda::KernelEntry* kernel = softcuda::findKernel(name);
    double best = 1e9, total = 0;
    for (int i = 0; i < 5 || (total < 0.2 && i < 200); ++i) {
        const auto begin = std::chrono::steady_clock::now();
        const softcuda::LaunchResult result = softcuda::launch(*kernel, softcuda::LaunchConfig{grid, block, shared}, params);
        const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        if (result.code != 0) {
            fprintf(stderr, "%s: error %d, %s\n", name, result.code, result.message.c_str());
            exit(1);
        }
        best = std::min(best, s);
        total += s;
    }
    return best;
}

}  // namespace speed
