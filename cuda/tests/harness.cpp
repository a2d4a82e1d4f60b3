#include "tests/harness.h"

#include <stdarg.h>
#include <time.h>
#include <unistd.h>

#include <limits>
#include <stdexcept>

namespace harness {

namespace {

struct Test {
    const char* name;
    void (*body)();
};

std::vector<Test>& tests() {
    static std::vector<Test> list;
    return list;
}

template <class T, class Measure>
bool accumulate(const T* actual, const double* expected, size_t count, Measure measure) {
    for (size_t i = 0; i < count; ++i) {
        const double value = static_cast<double>(static_cast<float>(actual[i]));
        if (!std::isfinite(value)) return false;
        measure(value - expected[i], expected[i]);
    }
    return true;
}

template <class T>
double relative(const T* actual, const double* expected, size_t count) {
    double difference = 0, norm = 0;
    const bool finite = accumulate(actual, expected, count, [&](double d, double e) {
        difference += d * d;
        norm += e * e;
    });
    if (!finite) return std::numeric_limits<double>::infinity();
    if (norm == 0) return difference == 0 ? 0 : std::numeric_limits<double>::infinity();
    return sqrt(difference / norm);
}

template <class T>
double absolute(const T* actual, const double* expected, size_t count) {
    double largest = 0;
    const bool finite = accumulate(actual, expected, count, [&](double d, double) { largest = fmax(largest, fabs(d)); });
    return finite ? largest : std::numeric_limits<double>::infinity();
}

}  // namespace

void registerTest(const char* name, void (*body)()) { tests().push_back({name, body}); }

void fail(const char* file, int line, const char* condition, const char* format, ...) {
    char text[1024];
    int length = snprintf(text, sizeof(text), "%s:%d: %s", file, line, condition);
    if (format != nullptr && length > 0 && length < static_cast<int>(sizeof(text)) - 2) {
        text[length++] = ':';
        text[length++] = ' ';
        va_list values;
        va_start(values, format);
        vsnprintf(text + length, sizeof(text) - static_cast<size_t>(length), format, values);
        va_end(values);
    }
    throw Failure{text};
}

void* allocate(size_t bytes) {
    void* address = nullptr;
    if (posix_memalign(&address, ALIGNMENT, bytes) != 0) throw std::bad_alloc();
    return address;
}

void release(void* address) { free(address); }

double relativeError(const float* actual, const double* expected, size_t count) { return relative(actual, expected, count); }
double relativeError(const __half* actual, const double* expected, size_t count) { return relative(actual, expected, count); }
double absoluteError(const float* actual, const double* expected, size_t count) { return absolute(actual, expected, count); }
double absoluteError(const __half* actual, const double* expected, size_t count) { return absolute(actual, expected, count); }

std::string captureStderr(const std::function<void()>& action) {
    fflush(stderr);
    const int saved = dup(STDERR_FILENO);
    FILE* file = tmpfile();
    if (saved < 0 || file == nullptr) throw std::runtime_error("no temporary file for stderr");
    dup2(fileno(file), STDERR_FILENO);
    const auto restore = [&] {
        fflush(stderr);
        dup2(saved, STDERR_FILENO);
        close(saved);
    };
    try {
        action();
    } catch (...) {
        restore();
        fclose(file);
        throw;
    }
    restore();
    std::string text;
    char block[4096];
    rewind(file);
    for (size_t n; (n = fread(block, 1, sizeof(block), file)) > 0;) text.append(block, n);
    fclose(file);
    return text;
}

double seconds() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace harness

// Runs every test, or those whose name contains the first argument.
int main(int argc, char** argv) {
    int passed = 0, failed = 0;
    for (const auto& test : harness::tests()) {
        if (argc > 1 && strstr(test.name, argv[1]) == nullptr) continue;
        try {
            test.body();
            ++passed;
        } catch (const harness::Failure& failure) {
            ++failed;
            printf("FAILED %s\n  %s\n", test.name, failure.text.c_str());
        } catch (const std::exception& error) {
            ++failed;
            printf("FAILED %s\n  exception: %s\n", test.name, error.what());
        }
        fflush(stdout);
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
