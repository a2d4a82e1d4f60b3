// Warp operations: shuffles, votes, reductions, and how a launch fails when lanes do not meet.
#include "ptx/device.cuh"
#include "tests/harness.h"

namespace {

struct WarpParams {
    int* out;
    int width;
    int operand;
};

struct ModeParams {
    int* out;
    int mode;
};

// Launches "test_misuse" in a mode that must fail, and returns the message.
std::string misuse(int mode, unsigned threads = 64, uint64_t seed = 0) {
    harness::Buffer<int> out(threads);
    softcuda::LaunchResult result;
    softcuda::setSeed(seed);
    const std::string text = harness::captureStderr([&] {
        result = softcuda::tryLaunch("test_misuse", {1}, {threads}, 256, ModeParams{out.data(), mode});
    });
    softcuda::setSeed(0);
    CHECK(result.code == 719, "mode %d: code %d, %s", mode, result.code, result.message.c_str());
    CHECK(text.find(result.message) != std::string::npos, "stderr: %s", text.c_str());
    CHECK(result.message.find("test_misuse: block (0, 0, 0), thread (") == 0, "%s", result.message.c_str());
    return result.message;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

PARASOL_KERNEL(test_shuffles, WarpParams, 64) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    int* out = p.out + 8 * i;
    out[0] = __shfl_sync(~0u, i, p.operand, p.width);
    out[1] = __shfl_up_sync(~0u, i, p.operand, p.width);
    out[2] = __shfl_down_sync(~0u, i, p.operand, p.width);
    out[3] = __shfl_xor_sync(~0u, i, p.operand, p.width);
    out[4] = static_cast<int>(__shfl_sync(~0u, i * 0.5, 7));
    out[5] = static_cast<int>(__shfl_xor_sync(~0u, static_cast<float>(i), 1));
    out[6] = static_cast<int>(__shfl_down_sync(~0u, static_cast<unsigned>(i), 3));
    out[7] = static_cast<int>(__shfl_up_sync(~0u, static_cast<long long>(i) << 33, 1) >> 33);
}

PARASOL_KERNEL(test_votes, WarpParams, 64) {
    const int lane = threadIdx.x % 32;
    int* out = p.out + 10 * (blockIdx.x * blockDim.x + threadIdx.x);
    out[0] = static_cast<int>(__ballot_sync(~0u, lane % 3 == 0));
    out[1] = __any_sync(~0u, lane == 31) + 2 * __any_sync(~0u, 0);
    out[2] = __all_sync(~0u, lane < 32) + 2 * __all_sync(~0u, lane != 5);
    out[3] = __reduce_add_sync(~0u, lane - 3);
    out[4] = __reduce_min_sync(~0u, lane - 7);
    out[5] = static_cast<int>(__reduce_min_sync(~0u, static_cast<unsigned>(lane - 7)));
    out[6] = __reduce_max_sync(~0u, lane - 7);
    out[7] = static_cast<int>(__reduce_and_sync(~0u, 0xf0u | lane));
    out[8] = static_cast<int>(__reduce_or_sync(~0u, 1u << lane));
    out[9] = static_cast<int>(__reduce_xor_sync(~0u, 1u << (lane / 2)));
}

// Quarters of the warp meet apart, in an order that differs, and then all together.
PARASOL_KERNEL(test_partial_masks, WarpParams, 64) {
    const unsigned lane = threadIdx.x % 32, quarter = lane / 8;
    const unsigned mask = 0xffu << (8 * quarter);
    int x = static_cast<int>(lane);
    for (unsigned i = 0; i <= quarter; ++i) x += __shfl_xor_sync(mask, x, 4);
    __syncwarp(mask);
    x += static_cast<int>(__popc(__ballot_sync(mask, 1)));
    p.out[blockIdx.x * blockDim.x + threadIdx.x] = __shfl_sync(~0u, x, static_cast<int>(31 - lane));
}

PARASOL_KERNEL(test_warp_exchange, WarpParams, 64) {
    __shared__ int memory[64];
    const int i = threadIdx.x;
    memory[i] = i;
    __syncwarp();
    p.out[blockIdx.x * blockDim.x + i] = memory[i ^ 9];
}

PARASOL_KERNEL(test_misuse, ModeParams, 128) {
    const unsigned lane = threadIdx.x % 32;
    const bool lower = lane < 16;
    int x = 0;
    switch (p.mode) {
        case 0:  // lanes come with different masks
            x = __shfl_sync(lower ? ~0u : 0xfffffff0u, 1, static_cast<int>(lane));
            break;
        case 1:  // different operations
            x = lower ? __any_sync(~0u, 1) : static_cast<int>(__ballot_sync(~0u, 1));
            break;
        case 2:  // half of the warp has ended
            if (!lower) return;
            x = __shfl_sync(~0u, 1, 0);
            break;
        case 3:  // the mask does not name the caller
            x = __shfl_sync(0xffffu, 1, 0);
            break;
        case 4:  // one warp does not come to the barrier
            if (threadIdx.x >= 32) return;
            __syncthreads();
            break;
        case 5:  // barrier against warp operation: a deadlock
            if (lower) __syncthreads();
            else __syncwarp();
            break;
        case 6:  // two barriers
            if (threadIdx.x < 32) __syncthreads();
            else __syncthreads();
            break;
        case 7:  // reads from a lane outside the mask
            if (lower) x = __shfl_sync(0xffffu, 1, 20);
            break;
        case 8: __syncwarp(~0u << 1 | (lane != 0)); break;  // as 3, in a barrier of the warp
        case 9: x = __shfl_sync(~0u, 1, 0, 12); break;      // width
        case 10:
            if (threadIdx.x == 40) __trap();
            break;
        case 11:  // a lane that never comes: it waits in another meet of its own half
            if (lane == 3) __syncwarp(0xfu);
            else __syncwarp(~0u);
            break;
    }
    p.out[threadIdx.x] = x;
}

TEST(warp_shuffles) {
    for (int width : {1, 2, 8, 16, 32}) {
        for (int operand : {0, 1, 3, 7, 16, 31}) {
            for (uint64_t seed : {0, 3}) {
                softcuda::setSeed(seed);
                harness::Buffer<int> out(8 * 128);
                softcuda::launch("test_shuffles", {2}, {64}, 0, WarpParams{out.data(), width, operand});
                for (int i = 0; i < 128; ++i) {
                    const int lane = i % 32, warp = i - lane, begin = lane / width * width, place = lane - begin;
                    const int* row = &out[8 * i];
                    CHECK(row[0] == warp + begin + operand % width, "width %d operand %d lane %d: %d", width, operand, lane, row[0]);
                    CHECK(row[1] == (place >= operand ? i - operand : i));
                    CHECK(row[2] == (place + operand < width ? i + operand : i));
                    const int partner = lane ^ operand;
                    CHECK(row[3] == (partner < begin + width ? warp + partner : i));
                    CHECK(row[4] == (warp + 7) / 2 && row[5] == (i ^ 1));
                    CHECK(row[6] == (lane + 3 < 32 ? i + 3 : i) && row[7] == (lane > 0 ? i - 1 : i));
                }
            }
        }
    }
    softcuda::setSeed(0);
}

TEST(warp_votes_and_reductions) {
    harness::Buffer<int> out(10 * 64);
    softcuda::launch("test_votes", {1}, {64}, 0, WarpParams{out.data(), 0, 0});
    for (int i = 0; i < 64; ++i) {
        const int* row = &out[10 * i];
        CHECK(static_cast<unsigned>(row[0]) == 0x49249249u && row[1] == 1 && row[2] == 1);
        CHECK(row[3] == 496 - 96 && row[4] == -7 && row[5] == 0 && row[6] == 24);
        CHECK(row[7] == 0xf0 && row[8] == -1 && row[9] == 0, "%x %x %x", row[7], row[8], row[9]);
    }
}

TEST(warp_parts_meet_apart) {
    for (uint64_t seed : {0, 1, 2, 3, 4}) {
        softcuda::setSeed(seed);
        harness::Buffer<int> out(192);
        softcuda::launch("test_partial_masks", {3}, {64}, 0, WarpParams{out.data(), 0, 0});
        for (int i = 0; i < 192; ++i) {
            const int source = 31 - i % 32, quarter = source / 8;
            int x[8], next[8];
            for (int j = 0; j < 8; ++j) x[j] = 8 * quarter + j;
            for (int round = 0; round <= quarter; ++round) {
                for (int j = 0; j < 8; ++j) next[j] = x[j] + x[j ^ 4];
                for (int j = 0; j < 8; ++j) x[j] = next[j];
            }
            CHECK(out[i] == x[source % 8] + 8, "seed %d thread %d: %d", static_cast<int>(seed), i, out[i]);
        }
    }
    softcuda::setSeed(0);
}

TEST(warp_barrier_orders_memory) {
    harness::Buffer<int> out(640);
    softcuda::launch("test_warp_exchange", {10}, {64}, 0, WarpParams{out.data(), 0, 0});
    for (int i = 0; i < 640; ++i) CHECK(out[i] == (i % 64 ^ 9));
}

TEST(warp_misuse_fails_the_launch) {
    for (uint64_t seed : {0, 8}) {
        CHECK(contains(misuse(0, 64, seed), "mismatch"));
        CHECK(contains(misuse(1, 64, seed), "mismatch"));
        const std::string exited = misuse(2, 64, seed);
        CHECK(contains(exited, "ended") && contains(exited, "__shfl_sync"), "%s", exited.c_str());
        CHECK(contains(misuse(3, 64, seed), "not the calling lane"));
        CHECK(contains(misuse(4, 64, seed), "__syncthreads"));
        const std::string deadlock = misuse(5, 64, seed);
        CHECK(contains(deadlock, "deadlock") && contains(deadlock, "__syncwarp") && contains(deadlock, "__syncthreads"), "%s", deadlock.c_str());
        CHECK(contains(misuse(6, 64, seed), "divergent __syncthreads"));
        CHECK(contains(misuse(7, 64, seed), "which the mask does not name"));
        CHECK(contains(misuse(8, 64, seed), "not the calling lane"));
        CHECK(contains(misuse(9, 64, seed), "power of two"));
        CHECK(contains(misuse(10, 64, seed), "trap at line"));
        CHECK(contains(misuse(11, 64, seed), "mismatch") || contains(misuse(11, 64, seed), "deadlock"));
    }
    const std::string missing = misuse(2, 16);  // a block of half a warp
    CHECK(contains(missing, "which the block does not have"), "%s", missing.c_str());
}

TEST(warp_engine_works_after_failures) {
    for (int i = 0; i < 20; ++i) {
        misuse(i % 7);
        harness::Buffer<int> out(128);
        softcuda::launch("test_warp_exchange", {2}, {64}, 0, WarpParams{out.data(), 0, 0});
        CHECK(out[70] == (6 ^ 9));
    }
}
