// Illegal accesses, exhausted stacks and divisions by zero fail the launch; foreign faults go to the handler before.
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#include "ptx/device.cuh"
#include "tests/harness.h"

namespace {

struct FaultParams {
    volatile int* address;
    int* out;
    int mode;
    int zero;
};

softcuda::LaunchResult faulty(int mode, void* address = nullptr) {
    harness::Buffer<int> out(64);
    softcuda::LaunchResult result;
    const std::string text = harness::captureStderr([&] {
        result = softcuda::tryLaunch("test_fault", {4}, {64}, 0, FaultParams{static_cast<volatile int*>(address), out.data(), mode, 0});
    });
    CHECK(text.find("test_fault: block (") != std::string::npos, "stderr: %s", text.c_str());
    return result;
}

__attribute__((noinline)) int descend(int depth, volatile int* keep) {
    volatile char frame[512];
    frame[depth % 512] = static_cast<char>(depth);
    if (keep != nullptr && *keep == depth) return 0;
    return descend(depth + 1, keep) + frame[depth % 512];
}

__attribute__((noinline, no_sanitize("undefined"))) int divide(int a, int b) { return a / b; }

// A handler that was there before the engine's, as a JVM's is.
struct Foreign {
    struct sigaction before[2];
    sigjmp_buf resume;
    volatile bool armed = false;

    Foreign();
    static int index(int signal) { return signal == SIGSEGV ? 0 : 1; }
} foreign;

void foreignHandler(int signal, siginfo_t*, void*) {
    if (foreign.armed) siglongjmp(foreign.resume, signal);
    sigaction(signal, &foreign.before[Foreign::index(signal)], nullptr);  // strikes again there
}

Foreign::Foreign() {
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = foreignHandler;
    action.sa_flags = SA_SIGINFO;
    for (int signal : {SIGSEGV, SIGFPE}) sigaction(signal, &action, &before[index(signal)]);
}

}  // namespace

PARASOL_KERNEL(test_fault, FaultParams, 64) {
    if (p.mode == 3) __syncthreads();  // on a stack of its own
    if (threadIdx.x == 37 && blockIdx.x == 2) {
        if (p.mode == 0 || p.mode == 3) *p.address = 1;
        if (p.mode == 1) p.out[0] = descend(1, &p.out[1]);
        if (p.mode == 2) p.out[0] = divide(7, p.zero);
    }
    if (p.mode == 3) __syncthreads();
}

PARASOL_KERNEL(test_no_fault, FaultParams, 64) {
    __syncthreads();
    p.out[threadIdx.x] = static_cast<int>(threadIdx.x);
}

TEST(fault_illegal_address_fails_the_launch) {
    void* unmapped = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 10; ++i) {
        for (int mode : {0, 3}) {
            const softcuda::LaunchResult result = faulty(mode, unmapped);
            CHECK(result.code == 700, "code %d", result.code);
            CHECK(result.message.find("block (2, 0, 0), thread (37, 0, 0): illegal address 0x") != std::string::npos, "%s", result.message.c_str());
        }
        harness::Buffer<int> out(64);
        softcuda::launch("test_no_fault", {1}, {64}, 0, FaultParams{nullptr, out.data(), 0, 0});
        for (int j = 0; j < 64; ++j) CHECK(out[j] == j);
    }
    munmap(unmapped, 4096);
}

TEST(fault_exhausted_stack_fails_the_launch) {
    const softcuda::LaunchResult result = faulty(1);
    CHECK(result.code == 714 && result.message.find("stack") != std::string::npos, "code %d, %s", result.code, result.message.c_str());
}

TEST(fault_division_by_zero_fails_the_launch) {
    const softcuda::LaunchResult result = faulty(2);
    CHECK(result.code == 719 && result.message.find("division") != std::string::npos, "code %d, %s", result.code, result.message.c_str());
}

TEST(fault_elsewhere_goes_to_the_handler_before) {
    void* unmapped = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(faulty(0, unmapped).code == 700);  // the engine's handler is there now
    for (int expected : {SIGSEGV, SIGFPE, SIGSEGV}) {
        foreign.armed = true;
        volatile int zero = 0;
        const int signal = sigsetjmp(foreign.resume, 1);
        if (signal == 0) {
            if (expected == SIGSEGV) *static_cast<volatile int*>(unmapped) = 1;
            if (expected == SIGFPE) zero = divide(7, zero);
        }
        foreign.armed = false;
        CHECK(signal == expected, "caught %d instead of %d", signal, expected);
    }
    CHECK(faulty(0, unmapped).code == 700);
    munmap(unmapped, 4096);
}
