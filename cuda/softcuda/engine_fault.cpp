// A kernel's illegal access ends its launch, not the process.
//
// The process may be a JVM, which has its own use for SIGSEGV. So faults are taken only on a worker that is running a
// fiber; all others go to whoever handled the signal before. The handler runs on an alternate stack, since the fiber's
// may be exhausted, and makes the worker go on in its scheduler as if the fiber had given up.
#include <asm/prctl.h>
#include <link.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <mutex>
#include <stdexcept>

#include "softcuda/engine_sanitizer.h"
#include "softcuda/engine_state.h"
#include "softcuda/engine_switch.h"

namespace softcuda {

namespace {

constexpr int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE};
constexpr int KINDS = sizeof(SIGNALS) / sizeof(SIGNALS[0]);
constexpr size_t SIGNAL_STACK = 64 * 1024;
constexpr int MAX_WORKERS = 1024;

struct sigaction previous[KINDS];
Worker* workers[MAX_WORKERS];  // a GS segment counts as ours only if it is one of these
std::atomic<int> workersKnown{0};

// The worker that runs on this OS thread, or null. Asks the kernel: thread-local variables may have to be allocated on
// their first use, which a signal handler must not do.
Worker* workerOfThread() {
    unsigned long base = 0;
    if (syscall(SYS_arch_prctl, ARCH_GET_GS, &base) != 0 || base == 0) return nullptr;
    const int known = workersKnown;
    for (int i = 0; i < known; ++i) {
        if (workers[i] == reinterpret_cast<Worker*>(base)) return workers[i];
    }
    return nullptr;
}

void passOn(int signal, siginfo_t* info, void* context) {
    for (int i = 0; i < KINDS; ++i) {
        if (SIGNALS[i] != signal) continue;
        const struct sigaction& old = previous[i];
        if (old.sa_flags & SA_SIGINFO) {
            old.sa_sigaction(signal, info, context);
        } else if (old.sa_handler == SIG_DFL || old.sa_handler == SIG_IGN) {
            // The default for a fault is to die of it: it strikes again on return.
            sigaction(signal, &old, nullptr);
        } else {
            old.sa_handler(signal);
        }
    }
}

void handle(int signal, siginfo_t* info, void* context) {
    Worker* worker = info->si_code > 0 ? workerOfThread() : nullptr;  // si_code <= 0: sent by a process
    if (worker == nullptr || !worker->onFiber) {
        passOn(signal, info, context);
        return;
    }
    worker->onFiber = false;
    worker->faultSignal = signal;
    worker->faultAddress = static_cast<const char*>(info->si_addr);
    worker->aborted = true;
    leaveStack(nullptr, worker->osStack, worker->osStackBytes);
    auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    registers[REG_RSP] = reinterpret_cast<greg_t>(worker->schedulerSp);
    registers[REG_RIP] = reinterpret_cast<greg_t>(softcuda_resume);
}

// Where this OS thread's copy of the library's thread-local storage lies, in which static shared memory is.
thread_local char threadLocalMark;

int findThreadLocals(dl_phdr_info* info, size_t, void* found) {
    Worker& worker = *static_cast<Worker*>(found);
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        if (info->dlpi_phdr[i].p_type != PT_TLS || info->dlpi_tls_data == nullptr) continue;
        char* begin = static_cast<char*>(info->dlpi_tls_data);
        const size_t bytes = info->dlpi_phdr[i].p_memsz;
        if (&threadLocalMark < begin || &threadLocalMark >= begin + bytes) continue;
        worker.staticShared = begin;
        worker.staticSharedBytes = bytes;
        return 1;
    }
    return 0;
}

}  // namespace

void installFaultHandlers() {
    for (int i = 0; i < KINDS; ++i) {
        struct sigaction ours;
        memset(&ours, 0, sizeof(ours));
        ours.sa_sigaction = handle;
        ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
        sigfillset(&ours.sa_mask);
        if (sigaction(SIGNALS[i], nullptr, &previous[i]) != 0 || sigaction(SIGNALS[i], &ours, nullptr) != 0) {
            throw std::runtime_error("cannot handle a fault signal");
        }
    }
}

void enterFaultHandling(Worker& worker) {
    worker.self = &worker;
    worker.context = &worker.block;
    if (syscall(SYS_arch_prctl, ARCH_SET_GS, &worker) != 0) throw std::runtime_error("cannot set the GS segment");

    void* memory = mmap(nullptr, SIGNAL_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("no memory for a signal stack");
    stack_t stack;
    memset(&stack, 0, sizeof(stack));
    stack.ss_sp = memory;
    stack.ss_size = SIGNAL_STACK;
    if (sigaltstack(&stack, nullptr) != 0) throw std::runtime_error("cannot set a signal stack");

    // Signals meant for the process are not for us: their handlers would run on a fiber.
    sigset_t blocked;
    sigfillset(&blocked);
    for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) sigdelset(&blocked, signal);
    pthread_sigmask(SIG_SETMASK, &blocked, nullptr);

    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    void* low;
    pthread_attr_getstack(&attributes, &low, &worker.osStackBytes);
    pthread_attr_destroy(&attributes);
    worker.osStack = low;

    threadLocalMark = 1;
    dl_iterate_phdr(findThreadLocals, &worker);

    static std::mutex mutex;
    std::lock_guard<std::mutex> guard(mutex);
    const int known = workersKnown;
    if (known == MAX_WORKERS) throw std::runtime_error("too many worker threads");
    workers[known] = &worker;
    workersKnown = known + 1;
}

void reportFault(Worker& worker) {
    const int signal = worker.faultSignal;
    worker.faultSignal = 0;
    const std::string where = whereabouts(worker, *worker.current) + ": ";
    char address[32];
    snprintf(address, sizeof(address), "%p", static_cast<const void*>(worker.faultAddress));
    if (signal == SIGFPE) {
        recordFailure(*worker.launch, LAUNCH_FAILED, where + "integer division by zero or overflow");
    } else if (stackGuardedAt(worker, worker.faultAddress) != nullptr) {
        recordFailure(*worker.launch, STACK_ERROR, where + "the thread's stack is exhausted");
    } else {
        recordFailure(*worker.launch, ILLEGAL_ADDRESS, where + "illegal address " + address);
    }
}

}  // namespace softcuda
