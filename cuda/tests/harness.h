// A small frame for native tests of kernels: registration, checks, random input, buffers that end exactly where their
// contents end, and launches on the software device.
//
//     TEST(vector_add_adds) {
//         harness::Random random(1);
//         harness::Buffer<float> a = random.normal(100), sum(100);
//         softcuda::launch("vector_add", {1}, {128}, 0, VectorAddParams{a.data(), sum.data(), 100});
//         CHECK_NEAR(sum[3], 2 * a[3], 1e-6);
//     }
#pragma once
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <functional>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "softcuda/device_types.h"
#include "softcuda/engine.h"
#include <cuda_fp16.h>

namespace harness {

// What a failed check throws; the test ends there.
struct Failure {
    std::string text;
};

void registerTest(const char* name, void (*body)());
[[noreturn]] void fail(const char* file, int line, const char* condition, const char* format = nullptr, ...)
    __attribute__((format(printf, 4, 5)));

struct Registrar {
    Registrar(const char* name, void (*body)()) { registerTest(name, body); }
};

#define TEST(name)                                                   \
    static void test_##name();                                       \
    static const harness::Registrar registrar_##name{#name, test_##name}; \
    static void test_##name()

// CHECK(condition) or CHECK(condition, "format", values...).
#define CHECK(condition, ...)                                                                \
    do {                                                                                     \
        if (!(condition)) harness::fail(__FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__); \
    } while (0)

#define CHECK_NEAR(actual, expected, tolerance)                                                                          \
    do {                                                                                                                 \
        const double actual_ = static_cast<double>(actual), expected_ = static_cast<double>(expected);                   \
        if (!(fabs(actual_ - expected_) <= (tolerance)))                                                                 \
            harness::fail(__FILE__, __LINE__, #actual " near " #expected, "%.9g, expected %.9g", actual_, expected_);    \
    } while (0)

// Buffers begin at a multiple of this, as device memory does (128 here, 256 there).
constexpr size_t ALIGNMENT = 128;

void* allocate(size_t bytes);
void release(void* address);

// What a buffer holds before anything is written: a NaN, or for integers a number that no kernel computes.
template <class T>
T poison() {
    T value;
    memset(&value, 0xff, sizeof(T));
    if (std::is_integral<T>::value) memset(&value, 0xa5, sizeof(T));
    return value;
}

template <class T>
bool isPoison(T value) {
    const T expected = poison<T>();
    return memcmp(&value, &expected, sizeof(T)) == 0;
}

// Elements on the heap, allocated exactly, so that AddressSanitizer sees every overrun; poisoned at first.
template <class T>
class Buffer {
public:
    explicit Buffer(size_t count) : count_(count), data_(static_cast<T*>(allocate(count * sizeof(T)))) { fill(poison<T>()); }
    Buffer(size_t count, T value) : Buffer(count) { fill(value); }
    Buffer(const std::vector<T>& values) : Buffer(values.size()) {
        for (size_t i = 0; i < count_; ++i) data_[i] = values[i];
    }
    Buffer(Buffer&& other) noexcept : count_(std::exchange(other.count_, 0)), data_(std::exchange(other.data_, nullptr)) {}
    Buffer(const Buffer& other) : Buffer(other.count_) {
        for (size_t i = 0; i < count_; ++i) data_[i] = other.data_[i];
    }
    Buffer& operator=(Buffer other) noexcept {
        std::swap(count_, other.count_);
        std::swap(data_, other.data_);
        return *this;
    }
    ~Buffer() { release(data_); }

    T* data() { return data_; }
    const T* data() const { return data_; }
    size_t size() const { return count_; }
    T& operator[](size_t i) { return data_[i]; }
    const T& operator[](size_t i) const { return data_[i]; }
    T* begin() { return data_; }
    T* end() { return data_ + count_; }
    const T* begin() const { return data_; }
    const T* end() const { return data_ + count_; }
    void fill(T value) {
        for (size_t i = 0; i < count_; ++i) data_[i] = value;
    }
    bool sameBits(const Buffer& other) const {
        return count_ == other.count_ && (count_ == 0 || memcmp(data_, other.data_, count_ * sizeof(T)) == 0);
    }

private:
    size_t count_;
    T* data_;
};

// Reproducible random numbers.
class Random {
public:
    explicit Random(uint64_t seed) : engine_(seed) {}
    int integer(int lowest, int highest) { return std::uniform_int_distribution<int>(lowest, highest)(engine_); }
    uint32_t bits() { return static_cast<uint32_t>(engine_()); }
    float uniform(float low = 0.0f, float high = 1.0f) { return std::uniform_real_distribution<float>(low, high)(engine_); }
    float gauss() { return std::normal_distribution<float>()(engine_); }

    Buffer<float> normal(size_t count, float scale = 1.0f) {
        Buffer<float> buffer(count);
        for (float& x : buffer) x = gauss() * scale;
        return buffer;
    }
    Buffer<__half> normalHalf(size_t count, float scale = 1.0f) {
        Buffer<__half> buffer(count);
        for (__half& x : buffer) x = __float2half_rn(gauss() * scale);
        return buffer;
    }

private:
    std::mt19937_64 engine_;
};

// Norm of the difference over the norm of what is expected; infinite when a value is not finite.
double relativeError(const float* actual, const double* expected, size_t count);
double relativeError(const __half* actual, const double* expected, size_t count);
// Largest absolute difference; infinite when a value is not finite.
double absoluteError(const float* actual, const double* expected, size_t count);
double absoluteError(const __half* actual, const double* expected, size_t count);

// What `action` writes to stderr, which is kept from the terminal meanwhile.
std::string captureStderr(const std::function<void()>& action);

double seconds();  // a monotonic clock

}  // namespace harness

namespace softcuda {

// Launches the kernel of that name and returns the outcome.
template <class Params>
LaunchResult tryLaunch(const char* name, Dim3 grid, Dim3 block, size_t dynamicShared, const Params& params) {
    const KernelEntry* kernel = findKernel(name);
    CHECK(kernel != nullptr, "no kernel named %s", name);
    CHECK(kernel->paramBytes == sizeof(Params), "%s takes %zu bytes of parameters, not %zu", name, kernel->paramBytes, sizeof(Params));
    return launch(*kernel, LaunchConfig{grid, block, dynamicShared}, &params);
}

// Launches the kernel of that name; the test fails when the launch does.
template <class Params>
void launch(const char* name, Dim3 grid, Dim3 block, size_t dynamicShared, const Params& params) {
    const LaunchResult result = tryLaunch(name, grid, block, dynamicShared, params);
    CHECK(result.code == 0, "%s: error %d, %s", name, result.code, result.message.c_str());
}

}  // namespace softcuda
