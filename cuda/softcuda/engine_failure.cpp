// What a failed launch says: kernel, block, thread, operation.
#include <stdio.h>

#include "softcuda/device_warp.h"
#include "softcuda/engine_state.h"

namespace softcuda {

namespace {

std::string triple(const uint3& v) {
    return "(" + std::to_string(v.x) + ", " + std::to_string(v.y) + ", " + std::to_string(v.z) + ")";
}

const char* operationName(uint64_t key) {
    static const char* const SHUFFLES[] = {"__shfl_sync", "__shfl_up_sync", "__shfl_down_sync", "__shfl_xor_sync"};
    static const char* const VOTES[] = {"__ballot_sync", "__any_sync", "__all_sync"};
    const unsigned kind = static_cast<unsigned>(key >> 8) & 0xff;
    switch (static_cast<Operation>(key >> 24 & 0xff)) {
        case Operation::SyncWarp: return "__syncwarp";
        case Operation::Shuffle: return SHUFFLES[kind];
        case Operation::Vote: return VOTES[kind];
        case Operation::Reduce: return "__reduce_sync";
        case Operation::MmaF16: return "mma.m16n8k16.f16";
        case Operation::MmaS8: return "mma.m16n8k32.s8";
        case Operation::LoadMatrix: return "ldmatrix";
        case Operation::WgmmaF16: return "wgmma.m64nNk16.f16";
        case Operation::WgmmaS8: return "wgmma.m64nNk32.s8";
        case Operation::WgmmaWait: return "wgmma.wait_group";
        case Operation::SetRegisters: return "setmaxnreg";
    }
    return "an unknown operation";
}

}  // namespace

std::string describe(uint64_t key) { return std::string(operationName(key)) + " at line " + std::to_string(key >> 32); }

std::string laneList(unsigned lanes) {
    std::string text;
    for (unsigned lane = 0; lane < LANES; ++lane) {
        if (!(lanes >> lane & 1)) continue;
        unsigned last = lane;
        while (last + 1 < LANES && lanes >> (last + 1) & 1) ++last;
        if (!text.empty()) text += ",";
        text += std::to_string(lane);
        if (last > lane) text += "-" + std::to_string(last);
        lane = last;
    }
    return text;
}

std::string whereabouts(const Worker& worker, const Thread& thread) {
    return std::string(worker.launch->kernel->name) + ": block " + triple(worker.block.index) + ", thread " + triple(thread.index);
}

std::string waiting(const Worker& worker) {
    std::string text;
    if (worker.barrierArrived != 0) {
        text = std::to_string(worker.barrierArrived) + " of " + std::to_string(worker.threadCount) + " threads wait in __syncthreads at line " +
               std::to_string(worker.barrierLine);
    }
    constexpr int MOST = 4;
    int shown = 0;
    for (unsigned i = 0; i < worker.warpCount; ++i) {
        const Warp& warp = worker.warps[i];
        for (unsigned j = 0; j < warp.meets && shown < MOST; ++j, ++shown) {
            const Meet& meet = warp.meet[j];
            const Thread& first = warp.threads[warp.slotOfLane[__builtin_ctz(meet.arrived)]];
            if (!text.empty()) text += "; ";
            text += "lanes " + laneList(meet.arrived) + " of the warp with thread " + triple(first.index) + " wait in " + describe(meet.key) +
                    " for lanes " + laneList(meet.mask & ~meet.arrived);
        }
    }
    const std::string proxy = worker.proxy.waiting(worker);
    return text.empty() || proxy.empty() ? text + proxy : text + "; " + proxy;
}

void recordFailure(Launch& launch, int code, const std::string& message) {
    std::lock_guard<std::mutex> guard(launch.mutex);
    if (launch.failed) return;
    launch.result = LaunchResult{code, message};
    launch.failed = true;
    fprintf(stderr, "softcuda: error %d in %s\n", code, message.c_str());
}

void failThread(Worker& worker, const Thread& thread, const std::string& message, int code) {
    recordFailure(*worker.launch, code, whereabouts(worker, thread) + ": " + message);
    throw Abandoned{};
}

void trap(unsigned line) {
    Worker& worker = currentWorker();
    failThread(worker, *worker.current, "trap at line " + std::to_string(line));
}

}  // namespace softcuda
