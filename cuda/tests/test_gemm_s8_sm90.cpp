// gemm_s8 for sm_90a against sums of whole numbers and against gemm_s8 for sm_80, to the bit, in every tile and with few and many CTAs.
#include <array>

#include "kernels/gemm_s8.cuh"
#include "kernels/gemm_s8_sm90.cuh"
#include "params/quantize_weight.h"
#include "tests/gemm_s8_problem.h"

namespace {

using harness::Buffer;
using harness::Random;
using namespace products;

std::vector<Variant> kernels(const std::string& name) {
    return {fixed<GemmS8Sm90Tile64>(name + "_sm90_64"), fixed<GemmS8Sm90Tile128>(name + "_sm90_128"), fixed<GemmS8Sm90Tile256>(name + "_sm90_256")};
}

std::vector<Variant> blocks() {
    return {fixed<GemmS8BlocksSm90Tile64>("gemm_s8_blocks_f32_sm90_64"), fixed<GemmS8BlocksSm90Tile128>("gemm_s8_blocks_f32_sm90_128"),
            fixed<GemmS8BlocksSm90Tile192>("gemm_s8_blocks_f32_sm90_192")};
}

// The weights as wgmma reads them.
Buffer<int8_t> image(const Buffer<int8_t>& w, int n, int k, int stride) {
    Buffer<int8_t> dense(size_t(n) * k), tiled(size_t(n) * k);
    for (int row = 0; row < n; row++)
        for (int col = 0; col < k; col++) dense[size_t(row) * k + col] = w[size_t(row) * stride + col];
    softcuda::launch("quantize_weight_s8", {unsigned(n + 3) / 4}, {128}, 0,
                     QuantizeWeightParams{dense.data(), tiled.data(), nullptr, n, k, k, QUANTIZED_TILED, 0, n});
    return tiled;
}

// Launches with one CTA that walks over all tiles, or with so many that some have none.
struct Launch {
    const Variant& kernel;
    const int8_t* tiled;
    bool one;

    void operator()(GemmS8Params p) const {
        p.w = tiled, p.ldw = p.k;
        const unsigned tiles = kernel.down(p.m) * kernel.across(p.n);
        launchPersistent(kernel, p, one ? 1 : (tiles + 1) / 2 + 1);
    }
};

// Every kernel, at given shapes and at a random one, with one CTA and with many, with threads in another order each time.
template <class Check>
void each(const std::vector<Variant>& kernels, uint64_t seed, std::initializer_list<Scaling> scalings, Check check) {
    Random random(seed);
    std::vector<std::array<int, 3>> sizes{{1, 1, 128}, {17, 300, 384}, {65, 64, 1024}, {200, 257, 128}};
    sizes.push_back({random.integer(2, 260), random.integer(2, 270), 128 * random.integer(1, 4)});
    for (const auto& size : sizes)
        for (Scaling scaling : scalings) {
            S8Problem problem(random, size[0], size[1], size[2], scaling);
            const Buffer<int8_t> tiled = image(problem.w, problem.n, problem.k, problem.ldw);
            for (const Variant& kernel : kernels)
                for (bool one : {true, false}) {
                    softcuda::setSeed(one ? 0 : random.bits());
                    check(random, problem, kernel, Launch{kernel, tiled.data(), one});
                }
        }
    softcuda::setSeed(0);
}

template <class Out>
void exact(const std::vector<Variant>& kernels, uint64_t seed, std::initializer_list<Scaling> scalings) {
    each(kernels, seed, scalings, [](Random& random, S8Problem& problem, const Variant& kernel, const Launch& launch) {
        problem.check<Out>(kernel, problem.n + random.integer(0, 3), launch);
    });
}

TEST(gemm_s8_f16_sm90_is_exact) { exact<__half>(kernels("gemm_s8_f16"), 1, {Scaling::One, Scaling::Rows}); }
TEST(gemm_s8_f32_sm90_is_exact) { exact<float>(kernels("gemm_s8_f32"), 2, {Scaling::One, Scaling::Rows}); }
TEST(gemm_s8_blocks_f32_sm90_is_exact) { exact<float>(blocks(), 3, {Scaling::Blocks}); }

TEST(gemm_s8_s8_sm90_is_exact) {
    each(kernels("gemm_s8_s8"), 4, {Scaling::One, Scaling::Rows}, [](Random& random, S8Problem& problem, const Variant& kernel, const Launch& launch) {
        const float given = random.uniform(0.01f, 0.5f);
        problem.checkQuantized(kernel, problem.scaling == Scaling::One ? &given : nullptr, launch);
    });
}

// The largest sums there can be.
TEST(gemm_s8_sm90_extremes_are_exact) {
    const int k = 8192;
    for (int sign : {1, -1}) {
        Buffer<int8_t> a(k, int8_t(127)), w(k, int8_t(sign * 127));
        const Buffer<int8_t> tiled = image(w, 1, k, k);
        Buffer<float> ones(k / 128, 1.0f);
        for (const Variant& kernel : {kernels("gemm_s8_f32")[0], blocks()[0]}) {
            Buffer<float> c(1);
            GemmS8Params p{};
            p.a = a.data(), p.a_scales = ones.data(), p.w_scales = ones.data(), p.c = c.data();
            p.m = p.n = 1, p.k = p.lda = k, p.ldc = 1, p.a_scale_stride = k / 128;
            Launch{kernel, tiled.data(), true}(p);
            CHECK(c[0] == float(sign * 127 * 127) * k, "%s: %g", kernel.name(), double(c[0]));
        }
    }
}

// The whole of C, its scales included, has the bits that gemm_s8 for sm_80 gives it.
TEST(gemm_s8_sm90_has_the_bits_of_sm80) {
    Random random(5);
    const int m = 133, n = 140, ldc = 256;
    for (const Scaling scaling : {Scaling::Rows, Scaling::Blocks}) {
        S8Problem problem(random, m, n, 256, scaling);
        const Buffer<int8_t> tiled = image(problem.w, n, problem.k, problem.ldw);
        Buffer<float> c(m * ldc), other(m * ldc), scales(m * 2), other_scales(m * 2);
        const bool by_blocks = scaling == Scaling::Blocks;
        const Variant old{by_blocks ? "gemm_s8_blocks_f32_64x128" : "gemm_s8_s8_64x128", 64, 128, GemmS8Tile64x128::THREADS, 2 * GemmS8Tile64x128::STAGE_BYTES};
        GemmS8Params p = problem.params(c.data(), ldc);
        if (!by_blocks) p.residual = nullptr, p.c_scales = scales.data();
        launch(old, p);
        p.c = other.data();
        if (!by_blocks) p.c_scales = other_scales.data();
        const std::vector<Variant> all = by_blocks ? blocks() : kernels("gemm_s8_s8");
        Launch{all[1], tiled.data(), false}(p);
        CHECK(c.sameBits(other) && scales.sameBits(other_scales), "%s differs from %s", all[1].name(), old.name());
    }
}

// A NaN among what is quantized is not lost: the scale says it. The rows beside it have the bits that they have alone.
TEST(gemm_s8_sm90_rows_are_independent) {
    Random random(6);
    const int m = 150, n = 36, k = 256;
    S8Problem problem(random, m, n, k, Scaling::Rows);
    problem.has_device_rows = problem.has_residual = false, problem.relu = true;
    const Buffer<int8_t> tiled = image(problem.w, n, k, problem.ldw);
    problem.a_scales[37 * problem.stride] = nanf("");
    for (const Variant& kernel : kernels("gemm_s8_s8")) {
        Buffer<int8_t> together(m * 128);
        Buffer<float> scales(m);
        GemmS8Params p = problem.params(together.data(), 128);
        p.c_scales = scales.data();
        Launch{kernel, tiled.data(), false}(p);
        for (int row : {0, 1, 36, 38, 63, 64, 127, 128, 149}) {
            Buffer<int8_t> alone(128);
            Buffer<float> scale(1);
            GemmS8Params one = p;
            one.a += row * size_t(problem.lda), one.a_scales += row * problem.stride, one.c = alone.data(), one.c_scales = scale.data(), one.m = 1;
            Launch{kernel, tiled.data(), true}(one);
            CHECK(memcmp(alone.data(), together.data() + row * 128, 128) == 0 && scale[0] == scales[row], "%s: row %d depends on its batch", kernel.name(), row);
        }
        CHECK(isnan(scales[37]), "%s: a NaN is lost", kernel.name());
    }
}

}  // namespace
