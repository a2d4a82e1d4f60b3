// Worker threads that share the blocks of a grid, one launch at a time.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <thread>

#include "softcuda/engine_sanitizer.h"
#include "softcuda/engine_state.h"

namespace softcuda {

namespace {

constexpr unsigned MAX_GRID_X = 0x7fffffff, MAX_GRID_YZ = 65535, MAX_BLOCK_Z = 64;

std::atomic<uint64_t> seedOfNextLaunch{0};

class Pool {
public:
    // Never destroyed: workers may still wait when the process ends.
    static Pool& instance() {
        static Pool* pool = new Pool;
        return *pool;
    }

    void run(Launch& launch) {
        std::lock_guard<std::mutex> one(oneLaunch_);
        std::unique_lock<std::mutex> lock(mutex_);
        launch_ = &launch;
        tickets_ = static_cast<int>(std::min<uint64_t>(launch.blocks, static_cast<uint64_t>(workerCount())));
        for (int i = 0; i < tickets_; ++i) wake_.notify_one();
        done_.wait(lock, [&] { return active_ == 0 && (tickets_ == 0 || launch.failed || launch.next >= launch.blocks); });
        tickets_ = 0;  // of workers that woke too late to be needed
        launch_ = nullptr;
    }

private:
    Pool() {
        installFaultHandlers();
        for (int i = 0; i < workerCount(); ++i) std::thread([this] { work(); }).detach();
    }

    void work() {
        Worker& worker = *new Worker;  // as long-lived as the pool
        enterFaultHandling(worker);
        std::unique_lock<std::mutex> lock(mutex_);
        for (;;) {
            wake_.wait(lock, [this] { return tickets_ > 0; });
            --tickets_;
            ++active_;
            Launch& launch = *launch_;
            lock.unlock();
            runBlocks(worker, launch);
            lock.lock();
            --active_;
            done_.notify_one();
        }
    }

    static void runBlocks(Worker& worker, Launch& launch) {
        try {
            prepareWorker(worker, launch);
        } catch (const std::exception& error) {
            recordFailure(launch, OUT_OF_RESOURCES, std::string(launch.kernel->name) + ": " + error.what());
            return;
        }
        // A seed that is odd runs the grid backwards: nothing may depend on the order of blocks.
        const bool backwards = launch.seed & 1;
        while (!launch.failed) {
            const uint64_t next = launch.next++;
            if (next >= launch.blocks) return;
            runBlock(worker, backwards ? launch.blocks - 1 - next : next);
        }
    }

    std::mutex oneLaunch_;
    std::mutex mutex_;  // guards what follows
    std::condition_variable wake_, done_;
    Launch* launch_ = nullptr;
    int tickets_ = 0;  // workers that the launch still wants
    int active_ = 0;   // workers in it
};

LaunchResult refuse(const KernelEntry& kernel, int code, const std::string& why) {
    const std::string message = std::string(kernel.name) + ": " + why;
    fprintf(stderr, "softcuda: error %d in %s\n", code, message.c_str());
    return LaunchResult{code, message};
}

}  // namespace

int workerCount() {
    static const int count = [] {
        const char* text = getenv("PARASOL_SOFT_THREADS");
        const int wanted = text != nullptr ? atoi(text) : 0;
        return std::min(256, wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
    }();
    return count;
}

size_t sharedMemoryLimit() {
    const char* text = getenv("PARASOL_SOFT_CAPABILITY");
    return (text != nullptr && atoi(text) >= 9 ? 227 : 163) * size_t{1024};
}

bool hasHopperUnits() {
    const char* text = getenv("PARASOL_SOFT_CAPABILITY");
    return text != nullptr && atoi(text) == 9;
}

void setSeed(uint64_t seed) { seedOfNextLaunch = seed; }

LaunchResult launch(const KernelEntry& kernel, const LaunchConfig& config, const void* params) {
    const Dim3 &grid = config.grid, &block = config.block;
    if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > MAX_GRID_X || grid.y > MAX_GRID_YZ || grid.z > MAX_GRID_YZ) {
        return refuse(kernel, INVALID_VALUE,
                      "grid of " + std::to_string(grid.x) + " x " + std::to_string(grid.y) + " x " + std::to_string(grid.z) + " blocks");
    }
    const uint64_t threads = uint64_t{block.x} * block.y * block.z;
    if (threads == 0 || block.x > MAX_BLOCK_THREADS || block.y > MAX_BLOCK_THREADS || block.z > MAX_BLOCK_Z || threads > MAX_BLOCK_THREADS) {
        return refuse(kernel, INVALID_VALUE,
                      "block of " + std::to_string(block.x) + " x " + std::to_string(block.y) + " x " + std::to_string(block.z) + " threads");
    }
    if (threads > static_cast<uint64_t>(kernel.maxThreads)) {
        return refuse(kernel, OUT_OF_RESOURCES,
                      "block of " + std::to_string(threads) + " threads; the kernel is bounded to " + std::to_string(kernel.maxThreads));
    }
    if (config.dynamicShared + kernel.staticShared > sharedMemoryLimit()) {
        return refuse(kernel, INVALID_VALUE, std::to_string(config.dynamicShared + kernel.staticShared) +
                                                 " bytes of shared memory; a block may use " + std::to_string(sharedMemoryLimit()));
    }
    // Parameters are the launch's own, as on a GPU, and aligned like a device's constant bank.
    std::vector<max_align_t> copy(kernel.paramBytes / sizeof(max_align_t) + 1);
    memcpy(copy.data(), params, kernel.paramBytes);

    Launch launch;
    launch.kernel = &kernel;
    launch.config = config;
    launch.params = copy.data();
    launch.seed = seedOfNextLaunch;
    launch.blocks = uint64_t{grid.x} * grid.y * grid.z;
    Pool::instance().run(launch);
    return launch.result;
}

}  // namespace softcuda
