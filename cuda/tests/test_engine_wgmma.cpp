// wgmma, mbarrier and bulk copies against the formulas of the PTX manual, and what the software device refuses.
#include "params/probe_bulk_copy.h"
#include "params/probe_wgmma.h"
#include "ptx/bulk_copy.cuh"
#include "ptx/cp_async.cuh"
#include "ptx/device.cuh"
#include "ptx/mbarrier.cuh"
#include "ptx/setmaxnreg.cuh"
#include "ptx/wgmma.cuh"
#include "tests/harness.h"
#include "tests/hopper.h"

namespace {

struct MisuseParams {
    const unsigned char* source;
    float* out;
    int mode;
};

constexpr int A_BYTES = 64 * 128, B_BYTES = 128 * 128, SHARED = A_BYTES + B_BYTES + 64;

uint64_t descriptor(const void* shared) { return ptx::matrix_descriptor(shared, 0, 1024, ptx::Swizzle::Bytes128); }

// What a failing launch of the misuse kernel says.
std::string refusal(int mode, int threads = 128) {
    const Hopper hopper;
    harness::Buffer<unsigned char> source(32768, static_cast<unsigned char>(0));
    harness::Buffer<float> out(64 * 128);
    softcuda::LaunchResult result;
    harness::captureStderr([&] {
        result = softcuda::tryLaunch("test_hopper_misuse", {1}, {static_cast<unsigned>(threads)}, SHARED, MisuseParams{source.data(), out.data(), mode});
    });
    return result.code == 0 ? "" : result.message;
}

void refuses(int mode, const char* expected, int threads = 128) {
    const std::string message = refusal(mode, threads);
    CHECK(message.find(expected) != std::string::npos, "mode %d: '%s', expected '%s'", mode, message.c_str(), expected);
}

}  // namespace

PARASOL_KERNEL(test_hopper_misuse, MisuseParams, 256) {
    PARASOL_DYNAMIC_SHARED_1024(char, shared);
    uint64_t* barrier = reinterpret_cast<uint64_t*>(shared + A_BYTES + B_BYTES);
    const int t = threadIdx.x;
    if (p.mode < 100) {
        if (t == 0) {
            ptx::mbarrier_init(barrier, 1);
            if (p.mode != 21) ptx::fence_mbarrier_init();
        }
        for (int i = t; i < A_BYTES + B_BYTES; i += blockDim.x) shared[i] = 0;
        ptx::fence_proxy_async();
        __syncthreads();
    }
    float d[64] = {};
    const uint64_t a = descriptor(shared), b = descriptor(shared + A_BYTES);
    const auto product = [&](uint64_t left, uint64_t right) { ptx::wgmma_m64n128k16_f16(d, left, right, true); };
    const auto finish = [&] {
        ptx::wgmma_commit();
        ptx::wgmma_wait<0>();
    };
    switch (p.mode) {
        case 0:  // nothing wrong
            ptx::wgmma_fence();
            product(a, b);
            product(ptx::advance(a, 32), ptx::advance(b, 32));
            finish();
            break;
        case 1: product(a, b); break;
        case 2:
            ptx::wgmma_fence();
            product(a, b);
            d[t % 64] = 1;
            finish();
            break;
        case 3:  // D is poison until the wait
            ptx::wgmma_fence();
            product(a, b);
            p.out[t] = d[t % 64];
            finish();
            break;
        case 4:
            ptx::wgmma_fence();
            product(t == 77 ? ptx::advance(a, 32) : a, b);
            break;
        case 5:
            ptx::wgmma_fence();
            product(descriptor(shared + 128), b);
            break;
        case 6:
            ptx::wgmma_fence();
            product(a | uint64_t{1} << 60, b);
            break;
        case 7:
            ptx::wgmma_fence();
            product(a, descriptor(shared + A_BYTES + 8192));
            break;
        case 8:
            if (t >= 96) return;
            ptx::wgmma_fence();
            product(a, b);
            break;
        case 9:
            ptx::wgmma_fence();
            product(ptx::advance(a, 112), b);
            break;
        case 10:  // cp.async without the fence, then with it
        case 11:
            ptx::cp_async_16(shared + 16 * t, p.source, true);
            if (p.mode == 10) ptx::cp_async_commit();
            ptx::cp_async_commit();
            if (p.mode == 10) ptx::cp_async_wait<0>();
            __syncthreads();
            ptx::wgmma_fence();
            product(a, b);
            break;
        case 12:
            ptx::cp_async_16(shared + 16 * t, p.source, true);
            ptx::cp_async_commit();
            ptx::cp_async_wait<0>();
            ptx::fence_proxy_async();
            __syncthreads();
            ptx::wgmma_fence();
            product(a, b);
            finish();
            break;
        case 13:  // the operand is overwritten while the product is under way
            ptx::wgmma_fence();
            product(a, b);
            if (t == 0) {
                ptx::mbarrier_arrive_expect_tx(barrier, 1024);
                ptx::bulk_copy(shared, p.source, 1024, barrier);
            }
            finish();
            break;
        case 14:
            ptx::wgmma_fence();
            if (t < 32) product(a, b);
            else ptx::wgmma_wait<0>();
            break;
        case 15:
            ptx::wgmma_fence();
            product(a, b);
            if (t == 3) ptx::wgmma_commit();
            finish();
            break;
        case 16:
            ptx::wgmma_fence();
            product(a, b);
            softcuda::wgmmaS8(static_cast<int*>(static_cast<void*>(d)), 128, a, b, true, __LINE__);
            break;
        case 20:
            if (t == 0) ptx::mbarrier_arrive(barrier + 1);
            break;
        case 21:
        case 22:
        case 23:
        case 24:
            if (t == 0) {
                ptx::mbarrier_arrive_expect_tx(barrier, p.mode == 23 ? 512 : p.mode == 24 ? 2048 : 1024);
                ptx::bulk_copy(shared + (p.mode == 22 ? 8 : 0), p.source, 1024, barrier);
            }
            ptx::mbarrier_wait(barrier, 0);
            break;
        case 25:
            if (t == 0) {
                ptx::mbarrier_arrive_expect_tx(barrier, 16);
                ptx::mbarrier_arrive(barrier);
            }
            break;
        case 26: ptx::mbarrier_wait(barrier, 0); break;
        case 27:  // what has not been waited for is poison
            if (t == 0) {
                ptx::mbarrier_arrive_expect_tx(barrier, 1024);
                ptx::bulk_copy(shared, p.source, 1024, barrier);
                for (int i = 0; i < 1024; ++i) p.out[i] = static_cast<unsigned char>(shared[i]);
                ptx::mbarrier_wait(barrier, 0);
                for (int i = 0; i < 1024; ++i) p.out[1024 + i] = static_cast<unsigned char>(shared[i]);
            }
            break;
        case 28:
            if (t == 0) ptx::mbarrier_init(barrier, 1);
            break;
        case 29:
            if (t == 0) ptx::bulk_copy(shared + SHARED - 16, p.source, 32, barrier);
            break;
        case 30:
            if (t == 0) {
                ptx::bulk_copy(shared, p.source, 64, barrier);
                ptx::bulk_copy(shared + 48, p.source, 64, barrier);
            }
            break;
        case 31:
            if (t < 64) ptx::setmaxnreg_dec<40>();
            break;
        case 32: ptx::setmaxnreg_dec<40>(); break;
        case 100: ptx::mbarrier_arrive(barrier); break;
    }
    if (p.mode == 0) {
        for (int i = 0; i < 64; ++i) p.out[64 * t + i] = d[i];
    }
}

TEST(engine_wgmma_refuses_misuse) {
    CHECK(refusal(0) == "", "%s", refusal(0).c_str());
    CHECK(refusal(12) == "", "%s", refusal(12).c_str());
    CHECK(refusal(32, 256) == "", "%s", refusal(32, 256).c_str());
    refuses(1, "wgmma.fence must come before");
    refuses(2, "wrote to D while products on it were under way");
    refuses(4, "different descriptors");
    refuses(5, "within a swizzle pattern of 1024 bytes");
    refuses(6, "reserved bits are set in the descriptor of A");
    refuses(7, "of B is not in the block's dynamic shared memory");
    refuses(8, "96 of the 128 threads of warpgroup 0 wait in wgmma");
    refuses(9, "in two rows of the swizzle");
    refuses(10, "was written by cp.async without fence.proxy.async");
    refuses(11, "is the destination of a copy that is under way");
    refuses(13, "is the destination of a copy that is under way when the product was carried out");
    refuses(14, "mismatch: this thread is in wgmma.");
    refuses(15, "committed different numbers of groups");
    refuses(16, "products of different shapes are under way on the same D");
    refuses(0, "in no whole warpgroup", 64);
    refuses(31, "64 of the 128 threads of warpgroup 0 wait in setmaxnreg");
}

TEST(engine_mbarrier_refuses_misuse) {
    refuses(20, "there is no barrier at this address");
    refuses(21, "fence.mbarrier_init did not follow");
    refuses(22, "is not a multiple of 16");
    refuses(23, "1024 bytes are copied in a phase that announced 512");
    refuses(24, "0 of 1 arrivals and 1024 of 2048 bytes are missing");
    refuses(25, "all 1 have arrived in this phase");
    refuses(26, "128 threads wait for phase 0 of the mbarrier");
    refuses(28, "initialised already");
    refuses(29, "not in the block's shared memory");
    refuses(30, "another copy to the destination is under way");
    refuses(100, "there is no barrier at this address");
}

TEST(engine_wgmma_hides_its_sums_until_the_wait) {
    const Hopper hopper;
    harness::Buffer<unsigned char> source(1024, static_cast<unsigned char>(0));
    harness::Buffer<float> out(128, 0.0f);
    softcuda::launch("test_hopper_misuse", {1}, {128}, SHARED, MisuseParams{source.data(), out.data(), 3});
    for (float x : out) CHECK(harness::isPoison(x));
}

TEST(engine_bulk_copies_land_at_the_wait) {
    const Hopper hopper;
    harness::Buffer<unsigned char> source(1024, static_cast<unsigned char>(7));
    harness::Buffer<float> out(2048);
    softcuda::launch("test_hopper_misuse", {1}, {128}, SHARED, MisuseParams{source.data(), out.data(), 27});
    for (int i = 0; i < 1024; ++i) CHECK(out[i] == 255 && out[1024 + i] == 7, "%d", i);
}

TEST(engine_bulk_copies_go_round) {
    const Hopper hopper;
    harness::Random random(5);
    const int blocks = 3, rounds = 7;
    harness::Buffer<uint32_t> source(1024 * 4), out(size_t(blocks) * rounds * 256 * 4);
    for (uint32_t& x : source) x = random.bits();
    harness::Buffer<int32_t> first(blocks * rounds), count(blocks * rounds);
    for (int i = 0; i < blocks * rounds; ++i) {
        count[i] = random.integer(1, 256);
        first[i] = random.integer(0, 1024 - count[i]);
    }
    softcuda::launch("probe_bulk_copy", {blocks}, {128}, 8192 + 32, ProbeBulkCopyParams{source.data(), first.data(), count.data(), out.data(), rounds});
    for (int i = 0; i < blocks * rounds; ++i)
        for (int j = 0; j < 1024; ++j) {
            const uint32_t x = out[size_t(i) * 1024 + j];
            if (j < 4 * count[i]) CHECK(x == source[4 * first[i] + j], "copy %d word %d", i, j);
            else CHECK(harness::isPoison(x), "copy %d wrote word %d", i, j);
        }
}

namespace {

// Every swizzle, in the formulas' own words: a thread's elements are those of the manual's figure.
template <class In, class Out, class Sum>
void multipliesInEverySwizzle(const char* kernel, harness::Buffer<In>& a, harness::Buffer<In>& b, int blocks, Sum sum) {
    const Hopper hopper;
    harness::Buffer<Out> d(size_t(blocks) * 4 * 128 * 64);
    softcuda::launch(kernel, {unsigned(blocks)}, {128}, 24576, ProbeWgmmaParams{a.data(), b.data(), d.data()});
    constexpr int COLS = 128 / sizeof(In);
    for (int block = 0; block < blocks; ++block)
        for (int swizzle = 0; swizzle < 4; ++swizzle)
            for (int t = 0; t < 128; ++t)
                for (int i = 0; i < 64; ++i) {
                    const int row = t / 32 * 16 + t % 32 / 4 + i / 2 % 2 * 8, column = i / 4 * 8 + t % 4 * 2 + i % 2;
                    const Out expected = sum(&a[(block * 64 + row) * COLS], &b[(block * 128 + column) * COLS]);
                    const Out value = d[((size_t(block) * 4 + swizzle) * 128 + t) * 64 + i];
                    CHECK(value == expected, "%s, swizzle %d, thread %d, element %d: %g, expected %g", kernel, swizzle, t, i, double(value), double(expected));
                }
}

}  // namespace

TEST(engine_wgmma_multiplies_in_every_swizzle) {
    harness::Random random(6);
    harness::Buffer<__half> a = random.normalHalf(2 * 64 * 64), b = random.normalHalf(2 * 128 * 64);
    multipliesInEverySwizzle<__half, float>("probe_wgmma_f16", a, b, 2, [](const __half* left, const __half* right) {
        float sum = 0;
        for (int k = 0; k < 64; ++k) sum = fmaf(__half2float(left[k]), __half2float(right[k]), sum);
        return sum;
    });
}

TEST(engine_wgmma_multiplies_bytes_in_every_swizzle) {
    harness::Random random(7);
    harness::Buffer<int8_t> a(2 * 64 * 128), b(2 * 128 * 128);
    for (int8_t& x : a) x = static_cast<int8_t>(random.integer(-128, 127));
    for (int8_t& x : b) x = static_cast<int8_t>(random.integer(-128, 127));
    for (int k = 0; k < 128; ++k) a[k] = b[k] = -128;  // the largest sum
    multipliesInEverySwizzle<int8_t, int>("probe_wgmma_s8", a, b, 2, [](const int8_t* left, const int8_t* right) {
        int sum = 0;
        for (int k = 0; k < 128; ++k) sum += left[k] * right[k];
        return sum;
    });
}
