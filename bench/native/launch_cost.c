/*
 * What a launch and a graph's launch cost the host when C makes the driver's calls: the yardstick for the same calls made from
 * Java. Needs no CUDA headers; the driver, or the software device, is opened by its path.
 *
 *   launch-cost LIBCUDA DEVICE IMAGE LAUNCHES SAMPLES
 *
 * IMAGE is the PTX of kernels/convert.cu. Prints nanoseconds a launch, one line a sample: "launch NS" and "graph NS".
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "params/convert.h"

typedef int Result;
typedef void* Handle;
typedef uint64_t Address;

enum { STREAM_NON_BLOCKING = 1, CAPTURE_RELAXED = 2, GRAPH_KERNELS = 100, WARM_UPS = 5, COLUMNS = 32 };

static void* library;

static void* entry(const char* name) {
    void* found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "launch-cost: the driver has no %s\n", name);
        exit(1);
    }
    return found;
}

static void check(Result result, const char* call) {
    if (result != 0) {
        fprintf(stderr, "launch-cost: %s failed with %d\n", call, result);
        exit(1);
    }
}

static double nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static char* read_all(const char* path) {
    FILE* file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "launch-cost: cannot read %s\n", path);
        exit(1);
    }
    const long size = ftell(file);
    rewind(file);
    char* text = calloc((size_t)size + 1, 1);
    if (!text || fread(text, 1, (size_t)size, file) != (size_t)size) {
        fprintf(stderr, "launch-cost: cannot read %s\n", path);
        exit(1);
    }
    fclose(file);
    return text;
}

int main(int argc, char** argv) {
    if (argc != 6) {
        fprintf(stderr, "usage: launch-cost LIBCUDA DEVICE IMAGE LAUNCHES SAMPLES\n");
        return 2;
    }
    library = dlopen(argv[1], RTLD_NOW);
    if (!library) {
        fprintf(stderr, "launch-cost: %s\n", dlerror());
        return 1;
    }
    const int launches = atoi(argv[4]);
    const int samples = atoi(argv[5]);
    Result (*init)(unsigned) = (Result(*)(unsigned))entry("cuInit");
    Result (*device_get)(int*, int) = (Result(*)(int*, int))entry("cuDeviceGet");
    Result (*retain)(Handle*, int) = (Result(*)(Handle*, int))entry("cuDevicePrimaryCtxRetain");
    Result (*set_current)(Handle) = (Result(*)(Handle))entry("cuCtxSetCurrent");
    Result (*stream_create)(Handle*, unsigned) = (Result(*)(Handle*, unsigned))entry("cuStreamCreate");
    Result (*synchronize)(Handle) = (Result(*)(Handle))entry("cuStreamSynchronize");
    Result (*allocate)(Address*, size_t) = (Result(*)(Address*, size_t))entry("cuMemAlloc_v2");
    Result (*load)(Handle*, const void*) = (Result(*)(Handle*, const void*))entry("cuModuleLoadData");
    Result (*get_function)(Handle*, Handle, const char*) = (Result(*)(Handle*, Handle, const char*))entry("cuModuleGetFunction");
    Result (*launch)(Handle, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, Handle, void**, void**) =
        (Result(*)(Handle, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, Handle, void**, void**))entry("cuLaunchKernel");
    Result (*begin)(Handle, int) = (Result(*)(Handle, int))entry("cuStreamBeginCapture_v2");
    Result (*end)(Handle, Handle*) = (Result(*)(Handle, Handle*))entry("cuStreamEndCapture");
    Result (*instantiate)(Handle*, Handle, unsigned long long) = (Result(*)(Handle*, Handle, unsigned long long))entry("cuGraphInstantiateWithFlags");
    Result (*graph_launch)(Handle, Handle) = (Result(*)(Handle, Handle))entry("cuGraphLaunch");

    int device;
    Handle context, stream, module, function, graph, executable;
    check(init(0), "cuInit");
    check(device_get(&device, atoi(argv[2])), "cuDeviceGet");
    check(retain(&context, device), "cuDevicePrimaryCtxRetain");
    check(set_current(context), "cuCtxSetCurrent");
    check(stream_create(&stream, STREAM_NON_BLOCKING), "cuStreamCreate");
    char* image = read_all(argv[3]);
    check(load(&module, image), "cuModuleLoadData");
    free(image);
    check(get_function(&function, module, "convert_f32_f16"), "cuModuleGetFunction");
    Address input, output;
    check(allocate(&input, COLUMNS * sizeof(float)), "cuMemAlloc");
    check(allocate(&output, COLUMNS * sizeof(uint16_t)), "cuMemAlloc");
    struct ConvertParams params;
    memset(&params, 0, sizeof params);
    params.input = (const void*)input;
    params.output = (void*)output;
    params.rows = 1;
    params.cols = params.ld_input = params.ld_output = COLUMNS;
    void* arguments[] = {&params};

    check(begin(stream, CAPTURE_RELAXED), "cuStreamBeginCapture");
    for (int i = 0; i < GRAPH_KERNELS; i++) check(launch(function, 1, 1, 1, 128, 1, 1, 0, stream, arguments, NULL), "cuLaunchKernel");
    check(end(stream, &graph), "cuStreamEndCapture");
    check(instantiate(&executable, graph, 0), "cuGraphInstantiate");
    for (int sample = -WARM_UPS; sample < samples; sample++) {
        check(synchronize(stream), "cuStreamSynchronize");
        double start = nanos();
        for (int i = 0; i < launches; i++) check(launch(function, 1, 1, 1, 128, 1, 1, 0, stream, arguments, NULL), "cuLaunchKernel");
        if (sample >= 0) printf("launch %.2f\n", (nanos() - start) / launches);
        /* One at a time: a queue of graphs would be waited for. */
        check(synchronize(stream), "cuStreamSynchronize");
        start = nanos();
        check(graph_launch(executable, stream), "cuGraphLaunch");
        if (sample >= 0) printf("graph %.2f\n", nanos() - start);
    }
    check(synchronize(stream), "cuStreamSynchronize");
    return 0;
}
