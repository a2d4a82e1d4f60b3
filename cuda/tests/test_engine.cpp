// The execution engine: order, barriers, shared memory, atomics, launch rules.
#include <thread>
#include <vector>

#include "ptx/device.cuh"
#include "tests/harness.h"

namespace {

struct IndexParams {
    int* out;  // [blocks][threads], the linear index of block and thread
    int* dims; // [6]
};

struct ReverseParams {
    const int* in;
    int* out;
    int steps;
};

struct CountParams {
    unsigned* counters;
    float* sum;
    unsigned long long* largest;
};

struct BytesParams {
    unsigned char* out;
    int bytes;
};

}  // namespace

PARASOL_KERNEL(test_index, IndexParams, 1024) {
    const int thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
    const int block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
    const int threads = blockDim.x * blockDim.y * blockDim.z;
    p.out[block * threads + thread] = block * 10000 + thread;
    if (thread == 0 && block == 0) {
        p.dims[0] = blockDim.x;
        p.dims[1] = blockDim.y;
        p.dims[2] = blockDim.z;
        p.dims[3] = gridDim.x;
        p.dims[4] = gridDim.y;
        p.dims[5] = gridDim.z;
    }
}

// Reverses the block's numbers through static and dynamic shared memory in turn.
PARASOL_KERNEL(test_reverse, ReverseParams, 1024) {
    __shared__ int mirror[1024];
    PARASOL_DYNAMIC_SHARED(int, dynamic);
    const int n = blockDim.x, i = threadIdx.x;
    int x = p.in[blockIdx.x * n + i];
    for (int step = 0; step < p.steps; ++step) {
        int* memory = step % 2 == 0 ? mirror : dynamic;
        memory[i] = x;
        __syncthreads();
        x = memory[n - 1 - i] + 1;
        __syncthreads();
    }
    p.out[blockIdx.x * n + i] = x;
}

PARASOL_KERNEL(test_count, CountParams, 256) {
    atomicAdd(&p.counters[0], 1u);
    atomicMax(&p.counters[1], blockIdx.x * blockDim.x + threadIdx.x);
    atomicOr(&p.counters[2], 1u << (threadIdx.x % 32));
    atomicAdd(p.sum, 0.5f);
    atomicMax(p.largest, static_cast<unsigned long long>(threadIdx.x) << 40);
    unsigned seen = 0, expected;
    do {
        expected = seen;
        seen = atomicCAS(&p.counters[3], expected, expected + 2);
    } while (seen != expected);
}

PARASOL_KERNEL(test_read_shared, BytesParams, 32) {
    PARASOL_DYNAMIC_SHARED(unsigned char, shared);
    for (int i = threadIdx.x; i < p.bytes; i += blockDim.x) p.out[blockIdx.x * p.bytes + i] = shared[i];
    __syncthreads();
    for (int i = threadIdx.x; i < p.bytes; i += blockDim.x) shared[i] = 1;  // the next block must not see it
}

PARASOL_KERNEL(test_write_shared, BytesParams, 32) {
    PARASOL_DYNAMIC_SHARED(unsigned char, shared);
    for (int i = threadIdx.x; i < p.bytes; i += blockDim.x) shared[i] = 1;
}

// An inclusive sum over the block, by doubling strides.
PARASOL_KERNEL(test_scan, ReverseParams, 1024) {
    PARASOL_DYNAMIC_SHARED(int, shared);
    const int i = threadIdx.x, n = blockDim.x;
    shared[i] = p.in[i];
    for (int stride = 1; stride < n; stride *= 2) {
        __syncthreads();
        const int add = i >= stride ? shared[i - stride] : 0;
        __syncthreads();
        if (add != 0) shared[i] += add;
    }
    __syncthreads();
    p.out[i] = shared[i];
}

TEST(engine_index_of_every_thread) {
    const softcuda::Dim3 grid{3, 2, 4}, block{5, 3, 7};
    harness::Buffer<int> out(24 * 105), dims(6);
    for (uint64_t seed : {0, 1, 2, 77}) {
        softcuda::setSeed(seed);
        out.fill(harness::poison<int>());
        softcuda::launch("test_index", grid, block, 0, IndexParams{out.data(), dims.data()});
        for (int b = 0; b < 24; ++b) {
            for (int t = 0; t < 105; ++t) CHECK(out[b * 105 + t] == b * 10000 + t, "block %d thread %d: %d", b, t, out[b * 105 + t]);
        }
    }
    softcuda::setSeed(0);
    const int expected[] = {5, 3, 7, 3, 2, 4};
    for (int i = 0; i < 6; ++i) CHECK(dims[i] == expected[i]);
}

TEST(engine_barriers_and_shared_memory) {
    harness::Random random(1);
    for (int threads : {1, 2, 31, 32, 33, 64, 100, 256, 1000, 1024}) {
        for (uint64_t seed : {0, 5}) {
            const int blocks = 5, steps = 6;
            harness::Buffer<int> in(threads * blocks), out(threads * blocks);
            for (int& x : in) x = random.integer(0, 1000);
            softcuda::setSeed(seed);
            softcuda::launch("test_reverse", {blocks}, {static_cast<unsigned>(threads)}, threads * sizeof(int), ReverseParams{in.data(), out.data(), steps});
            for (int i = 0; i < threads * blocks; ++i) CHECK(out[i] == in[i] + steps, "%d threads, element %d", threads, i);
        }
    }
    softcuda::setSeed(0);
}

TEST(engine_scan_over_the_block) {
    for (int threads : {7, 32, 96, 512}) {
        harness::Buffer<int> in(threads), out(threads);
        for (int i = 0; i < threads; ++i) in[i] = i % 7 + 1;
        for (uint64_t seed : {0, 9, 10}) {
            softcuda::setSeed(seed);
            softcuda::launch("test_scan", {1}, {static_cast<unsigned>(threads)}, threads * sizeof(int), ReverseParams{in.data(), out.data(), 0});
            int sum = 0;
            for (int i = 0; i < threads; ++i) {
                sum += in[i];
                CHECK(out[i] == sum);
            }
        }
    }
    softcuda::setSeed(0);
}

TEST(engine_atomics_across_blocks) {
    harness::Buffer<unsigned> counters(4, 0u);
    harness::Buffer<float> sum(1, 0.0f);
    harness::Buffer<unsigned long long> largest(1, 0ull);
    const unsigned blocks = 200, threads = 256;
    softcuda::launch("test_count", {blocks}, {threads}, 0, CountParams{counters.data(), sum.data(), largest.data()});
    CHECK(counters[0] == blocks * threads);
    CHECK(counters[1] == blocks * threads - 1);
    CHECK(counters[2] == ~0u);
    CHECK(counters[3] == 2 * blocks * threads);
    CHECK(sum[0] == 0.5f * blocks * threads);
    CHECK(largest[0] == 255ull << 40);
}

TEST(engine_shared_memory_is_poisoned_before_each_block) {
    harness::Buffer<unsigned char> out(900, static_cast<unsigned char>(0));
    softcuda::launch("test_read_shared", {9}, {32}, 100, BytesParams{out.data(), 100});
    for (unsigned char byte : out) CHECK(byte == 0xff);
}

// AddressSanitizer, where it is at work, ends the process at the store itself.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(engine_overrun_of_dynamic_shared_memory_fails_the_launch) {
    for (int past : {0, 1, 40}) {
        harness::Buffer<unsigned char> out(1);
        softcuda::LaunchResult result;
        harness::captureStderr([&] { result = softcuda::tryLaunch("test_write_shared", {3}, {32}, 100, BytesParams{out.data(), 100 + past}); });
        CHECK(result.code == (past == 0 ? 0 : 700), "code %d", result.code);
        CHECK(past == 0 || result.message.find("past its 100 bytes of dynamic shared memory") != std::string::npos, "%s", result.message.c_str());
    }
}
#endif

TEST(engine_launches_from_several_host_threads) {
    std::vector<std::thread> hosts;
    std::vector<int> wrong(4, 0);
    for (int host = 0; host < 4; ++host) {
        hosts.emplace_back([host, &wrong] {
            harness::Buffer<int> in(96 * 3, host), out(96 * 3);
            for (int i = 0; i < 50; ++i) {
                const softcuda::KernelEntry* kernel = softcuda::findKernel("test_reverse");
                const ReverseParams params{in.data(), out.data(), 4};
                if (softcuda::launch(*kernel, softcuda::LaunchConfig{{3}, {96}, 96 * sizeof(int)}, &params).code != 0) ++wrong[host];
                for (int x : out) wrong[host] += x != host + 4;
            }
        });
    }
    for (std::thread& host : hosts) host.join();
    for (int count : wrong) CHECK(count == 0);
}

TEST(engine_launch_rules) {
    harness::Buffer<unsigned char> out(1);
    const BytesParams params{out.data(), 0};
    const softcuda::KernelEntry* kernel = softcuda::findKernel("test_read_shared");
    CHECK(kernel != nullptr && kernel->maxThreads == 32 && kernel->paramBytes == sizeof(BytesParams));
    CHECK(softcuda::findKernel("no_such_kernel") == nullptr);
    const auto code = [&](softcuda::Dim3 grid, softcuda::Dim3 block, size_t shared) {
        softcuda::LaunchResult result;
        const std::string text = harness::captureStderr([&] { result = softcuda::tryLaunch("test_read_shared", grid, block, shared, params); });
        CHECK((result.code != 0) == (text.find("test_read_shared") != std::string::npos), "stderr: %s", text.c_str());
        return result.code;
    };
    CHECK(code({1}, {32}, 0) == 0);
    CHECK(code({1}, {33}, 0) == 701);
    CHECK(code({1}, {0}, 0) == 1);
    CHECK(code({0}, {1}, 0) == 1);
    CHECK(code({1}, {1025}, 0) == 1);
    CHECK(code({1}, {1, 1, 65}, 0) == 1);
    CHECK(code({1, 65536}, {1}, 0) == 1);
    CHECK(code({1}, {1}, softcuda::sharedMemoryLimit()) == 0);
    CHECK(code({1}, {1}, softcuda::sharedMemoryLimit() + 1) == 1);
}
