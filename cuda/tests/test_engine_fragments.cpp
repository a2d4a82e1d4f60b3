// mma, ldmatrix and cp.async against the formulas of the PTX manual, on random input.
#include "params/probe_cp_async.h"
#include "params/probe_ldmatrix.h"
#include "params/probe_mma.h"
#include "ptx/cp_async.cuh"
#include "ptx/device.cuh"
#include "ptx/ldmatrix.cuh"
#include "ptx/mma.cuh"
#include "tests/harness.h"

namespace {

// Where the manual puts element i of a lane's fragment; g = lane / 4, t = lane % 4.
struct Place {
    int row, column;
};
Place placeA16(int lane, int i) { return {lane / 4 + (i / 2 % 2 ? 8 : 0), lane % 4 * 2 + i % 2 + (i >= 4 ? 8 : 0)}; }
Place placeB16(int lane, int i) { return {lane % 4 * 2 + i % 2 + (i >= 2 ? 8 : 0), lane / 4}; }
Place placeA8(int lane, int i) { return {lane / 4 + (i / 4 % 2 ? 8 : 0), lane % 4 * 4 + i % 4 + (i >= 8 ? 16 : 0)}; }
Place placeB8(int lane, int i) { return {lane % 4 * 4 + i % 4 + (i >= 4 ? 16 : 0), lane / 4}; }
Place placeC(int lane, int i) { return {lane / 4 + (i >= 2 ? 8 : 0), lane % 4 * 2 + i % 2}; }

struct TileParams {
    const uint32_t* a;  // [lanes][3][4]
    const uint32_t* b;  // [lanes][5][2]
    float* d;           // [2][lanes][3][5][4], by tiles and one by one
    int* e;
};

struct CopyParams {
    const unsigned char* source;
    unsigned char* out;
    int mode;
};

int copyFailure(int mode, const char* expected) {
    harness::Buffer<unsigned char> source(4096, static_cast<unsigned char>(1)), out(4096);
    softcuda::LaunchResult result;
    harness::captureStderr([&] { result = softcuda::tryLaunch("test_copy_misuse", {1}, {32}, 1024, CopyParams{source.data(), out.data(), mode}); });
    CHECK(result.message.find(expected) != std::string::npos, "%s", result.message.c_str());
    return result.code;
}

}  // namespace

PARASOL_KERNEL(test_tiles, TileParams, 32) {
    const int lane = threadIdx.x;
    uint32_t a[3][4], b[5][2];
    float d[3][5][4] = {}, single[3][5][4] = {};
    int e[3][5][4] = {}, singleInt[3][5][4] = {};
    for (int i = 0; i < 12; ++i) a[i / 4][i % 4] = p.a[lane * 12 + i];
    for (int i = 0; i < 10; ++i) b[i / 2][i % 2] = p.b[lane * 10 + i];
    ptx::mma_tile_f16(d, a, b);
    ptx::mma_tile_s8(e, a, b);
    for (int m = 0; m < 3; ++m) {
        for (int n = 0; n < 5; ++n) {
            ptx::mma_m16n8k16_f16(single[m][n], a[m], b[n]);
            ptx::mma_m16n8k32_s8(singleInt[m][n], a[m], b[n]);
        }
    }
    for (int i = 0; i < 60; ++i) {
        p.d[lane * 60 + i] = d[i / 20][i / 4 % 5][i % 4];
        p.d[(32 + lane) * 60 + i] = single[i / 20][i / 4 % 5][i % 4];
        p.e[lane * 60 + i] = e[i / 20][i / 4 % 5][i % 4];
        p.e[(32 + lane) * 60 + i] = singleInt[i / 20][i / 4 % 5][i % 4];
    }
}

PARASOL_KERNEL(test_copy_misuse, CopyParams, 32) {
    PARASOL_DYNAMIC_SHARED(unsigned char, shared);
    __shared__ __align__(16) unsigned char fixed[512];
    const int i = 16 * threadIdx.x;
    uint32_t r[4];
    switch (p.mode) {
        case 0: ptx::cp_async_16(shared + i + 8, p.source + i, true); break;
        case 1: ptx::cp_async_16(shared + i, p.source + i + 4, true); break;
        case 2: ptx::cp_async_16(p.out + i, p.source + i, true); break;
        case 3: ptx::cp_async_16(shared + 1024 - 512 + 16 + i, p.source + i, true); break;  // the last lane's is past the end
        case 4: ptx::ldmatrix_x4(r, shared + i + 4); break;
        case 5: ptx::ldmatrix_x4(r, p.source + i); break;
        case 6:
            if (threadIdx.x == 5) return;
            ptx::ldmatrix_x4(r, shared);
            break;
        case 7:  // what must work: static shared memory, and lanes whose address is not used
            ptx::cp_async_16(fixed + i, p.source + i, true);
            ptx::cp_async_commit();
            ptx::cp_async_wait<0>();
            __syncthreads();
            ptx::ldmatrix_x4(r, fixed + i);
            ptx::ldmatrix_x2(*reinterpret_cast<uint32_t(*)[2]>(r), threadIdx.x < 16 ? fixed + i : nullptr);
            for (int j = 0; j < 16; ++j) p.out[i + j] = fixed[i + j];
            break;
    }
}

// Reads the destination before and after each wait.
PARASOL_KERNEL(test_copy_lands_late, CopyParams, 32) {
    PARASOL_DYNAMIC_SHARED(unsigned char, shared);
    const int i = 16 * threadIdx.x;
    for (int r = 0; r < 3; ++r) {
        ptx::cp_async_16(shared + 512 * r + i, p.source + 512 * r + i, r != 1);
        ptx::cp_async_commit();
    }
    unsigned char* out = p.out;
    const auto snapshot = [&] {
        for (int r = 0; r < 3; ++r) out[3 * threadIdx.x + r] = shared[512 * r + i];
        out += 96;
    };
    snapshot();
    ptx::cp_async_wait<2>();
    snapshot();
    ptx::cp_async_wait<1>();
    snapshot();
    ptx::cp_async_wait<1>();
    snapshot();
    ptx::cp_async_wait<0>();
    snapshot();
    ptx::cp_async_16(shared + i, p.source + i, false);
    ptx::cp_async_wait<0>();  // not committed: still under way
    snapshot();
}

TEST(fragments_mma_f16) {
    harness::Random random(3);
    const int warps = 9;
    harness::Buffer<__half> a(warps * 32 * 8), b(warps * 32 * 4);
    harness::Buffer<float> c = random.normal(warps * 32 * 4), d(warps * 32 * 4);
    for (__half& x : a) x = __float2half_rn(random.gauss());
    for (__half& x : b) x = __float2half_rn(random.gauss());
    softcuda::launch("probe_mma_f16", {3}, {128}, 0, ProbeMmaParams{a.data(), b.data(), c.data(), d.data(), warps});
    for (int w = 0; w < warps; ++w) {
        float A[16][16], B[16][8];
        for (int lane = 0; lane < 32; ++lane) {
            for (int i = 0; i < 8; ++i) A[placeA16(lane, i).row][placeA16(lane, i).column] = __half2float(a[(w * 32 + lane) * 8 + i]);
            for (int i = 0; i < 4; ++i) B[placeB16(lane, i).row][placeB16(lane, i).column] = __half2float(b[(w * 32 + lane) * 4 + i]);
        }
        for (int lane = 0; lane < 32; ++lane) {
            for (int i = 0; i < 4; ++i) {
                const Place at = placeC(lane, i);
                float sum = c[(w * 32 + lane) * 4 + i];
                for (int k = 0; k < 16; ++k) sum = fmaf(A[at.row][k], B[k][at.column], sum);  // the order that mma.cuh states
                CHECK(d[(w * 32 + lane) * 4 + i] == sum, "warp %d lane %d element %d", w, lane, i);
            }
        }
    }
}

TEST(fragments_mma_s8) {
    harness::Random random(4);
    const int warps = 5;
    harness::Buffer<int8_t> a(warps * 32 * 16), b(warps * 32 * 8);
    harness::Buffer<int> c(warps * 32 * 4), d(warps * 32 * 4);
    for (int8_t& x : a) x = static_cast<int8_t>(random.integer(-128, 127));
    for (int8_t& x : b) x = static_cast<int8_t>(random.integer(-128, 127));
    for (int i = 0; i < 32 * 16; ++i) a[i] = -128;  // the first warp at the extremes
    for (int i = 0; i < 32 * 8; ++i) b[i] = -128;
    for (int& x : c) x = random.integer(-1000000, 1000000);
    softcuda::launch("probe_mma_s8", {2}, {128}, 0, ProbeMmaParams{a.data(), b.data(), c.data(), d.data(), warps});
    for (int w = 0; w < warps; ++w) {
        int A[16][32], B[32][8];
        for (int lane = 0; lane < 32; ++lane) {
            for (int i = 0; i < 16; ++i) A[placeA8(lane, i).row][placeA8(lane, i).column] = a[(w * 32 + lane) * 16 + i];
            for (int i = 0; i < 8; ++i) B[placeB8(lane, i).row][placeB8(lane, i).column] = b[(w * 32 + lane) * 8 + i];
        }
        for (int lane = 0; lane < 32; ++lane) {
            for (int i = 0; i < 4; ++i) {
                const Place at = placeC(lane, i);
                int sum = c[(w * 32 + lane) * 4 + i];
                for (int k = 0; k < 32; ++k) sum += A[at.row][k] * B[k][at.column];
                CHECK(d[(w * 32 + lane) * 4 + i] == sum, "warp %d lane %d element %d", w, lane, i);
            }
        }
    }
}

TEST(fragments_tiles_equal_single_instructions) {
    harness::Random random(5);
    harness::Buffer<uint32_t> a(32 * 12), b(32 * 10);
    for (uint32_t& x : a) x = random.bits() & 0x3fff3fffu;  // halves below 2
    for (uint32_t& x : b) x = random.bits() & 0xbfffbfffu;
    harness::Buffer<float> d(2 * 32 * 60);
    harness::Buffer<int> e(2 * 32 * 60);
    for (uint64_t seed : {0, 12}) {
        softcuda::setSeed(seed);
        softcuda::launch("test_tiles", {1}, {32}, 0, TileParams{a.data(), b.data(), d.data(), e.data()});
        for (int i = 0; i < 32 * 60; ++i) {
            CHECK(std::isfinite(d[i]) && d[i] == d[32 * 60 + i], "element %d: %g and %g", i, d[i], d[32 * 60 + i]);
            CHECK(e[i] == e[32 * 60 + i]);
        }
    }
    softcuda::setSeed(0);
}

TEST(fragments_ldmatrix) {
    harness::Random random(6);
    const int warps = 6;
    harness::Buffer<uint32_t> image(2048);
    harness::Buffer<int> rows(warps * 64);
    harness::Buffer<uint32_t> out(warps * 32 * 28);
    for (uint32_t& x : image) x = random.bits();
    for (int& row : rows) row = random.integer(0, 511);
    softcuda::launch("probe_ldmatrix", {2}, {128}, 8192, ProbeLdmatrixParams{image.data(), rows.data(), out.data(), warps});
    const auto* halves = reinterpret_cast<const uint16_t*>(image.data());
    for (int w = 0; w < warps; ++w) {
        // Element (i, j) of matrix m whose rows are given by address set `set`.
        const auto element = [&](int set, int m, int i, int j) { return uint32_t{halves[rows[(w * 32 + 8 * m + i) * 2 + set] * 8 + j]}; };
        for (int lane = 0; lane < 32; ++lane) {
            const int g = lane / 4, t = lane % 4;
            const uint32_t* r = &out[(w * 32 + lane) * 28];
            for (int m = 0; m < 4; ++m) {
                for (int set = 0; set < 2; ++set) {
                    const uint32_t plain = element(set, m, g, 2 * t) | element(set, m, g, 2 * t + 1) << 16;
                    const uint32_t transposed = element(set, m, 2 * t, g) | element(set, m, 2 * t + 1, g) << 16;
                    if (set == 0) CHECK(r[m] == plain && r[4 + m] == transposed, "lane %d matrix %d", lane, m);
                    if (set == 0 && m < 2) CHECK(r[8 + m] == plain && r[10 + m] == transposed);
                    CHECK(r[12 + 4 * set + m] == plain && r[20 + 4 * set + m] == transposed);
                }
            }
        }
    }
}

TEST(fragments_cp_async) {
    harness::Random random(7);
    const int rounds = 5, threads = 256;
    harness::Buffer<uint32_t> source(4 * 1000), out(4 * threads * rounds);
    harness::Buffer<int> chunks(threads * rounds), valid(threads * rounds);
    for (uint32_t& x : source) x = random.bits();
    for (int& x : chunks) x = random.integer(0, 999);
    for (int& x : valid) x = random.integer(0, 3) != 0;
    softcuda::launch("probe_cp_async", {2}, {128}, rounds * 2048, ProbeCpAsyncParams{source.data(), chunks.data(), valid.data(), out.data(), rounds});
    for (int i = 0; i < threads * rounds; ++i) {
        for (int j = 0; j < 4; ++j) CHECK(out[4 * i + j] == (valid[i] ? source[4 * chunks[i] + j] : 0u), "chunk %d", i);
    }
}

TEST(fragments_cp_async_lands_at_the_wait) {
    harness::Buffer<unsigned char> source(1536), out(6 * 96);
    for (int i = 0; i < 1536; ++i) source[i] = static_cast<unsigned char>(1 + i / 512);
    softcuda::launch("test_copy_lands_late", {1}, {32}, 1536, CopyParams{source.data(), out.data(), 0});
    const int expected[6][3] = {{255, 255, 255}, {1, 255, 255}, {1, 0, 255}, {1, 0, 255}, {1, 0, 3}, {255, 0, 3}};
    for (int step = 0; step < 6; ++step) {
        for (int lane = 0; lane < 32; ++lane) {
            for (int r = 0; r < 3; ++r) CHECK(out[step * 96 + 3 * lane + r] == expected[step][r], "step %d lane %d copy %d", step, lane, r);
        }
    }
}

TEST(fragments_misuse_fails_the_launch) {
    CHECK(copyFailure(0, "multiple of 16") == 719);
    CHECK(copyFailure(1, "multiple of 16") == 719);
    CHECK(copyFailure(2, "not in the block's shared memory") == 700);
    CHECK(copyFailure(3, "not in the block's shared memory") == 700);
    CHECK(copyFailure(4, "multiple of 16") == 719);
    CHECK(copyFailure(5, "not in the block's shared memory") == 700);
    CHECK(copyFailure(6, "ldmatrix") == 719);
    CHECK(copyFailure(7, "") == 0);
}

// Every half, and fp32 numbers around every boundary between two halves.
TEST(half_conversions_are_exact) {
    for (unsigned bits = 0; bits < 65536; ++bits) {
        const __half h = __ushort_as_half(static_cast<unsigned short>(bits));
        const unsigned exponent = bits >> 10 & 31, mantissa = bits & 1023;
        const float x = __half2float(h);
        if (exponent == 31) {
            CHECK(mantissa == 0 ? std::isinf(x) : std::isnan(x));
            continue;
        }
        const double value = (bits & 0x8000 ? -1.0 : 1.0) * (exponent == 0 ? ldexp(mantissa, -24) : ldexp(1024 + mantissa, static_cast<int>(exponent) - 25));
        CHECK(x == value && __half_as_ushort(__float2half_rn(x)) == bits);
        if (bits >= 0x7bff) continue;
        const float next = __half2float(__ushort_as_half(static_cast<unsigned short>(bits + 1))), middle = 0.5f * (x + next);
        const unsigned even = bits % 2 == 0 ? bits : bits + 1;
        CHECK(__half_as_ushort(__float2half_rn(middle)) == even);
        CHECK(__half_as_ushort(__float2half_rn(nextafterf(middle, x))) == bits);
        CHECK(__half_as_ushort(__float2half_rn(nextafterf(middle, next))) == bits + 1);
        const double exact = middle;  // and doubles so near it that fp32 cannot tell
        CHECK(__half_as_ushort(__double2half(exact + ldexp(exact, -40))) == bits + 1);
        CHECK(__half_as_ushort(__double2half(exact - ldexp(exact, -40))) == bits);
    }
}
