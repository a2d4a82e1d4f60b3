// gemm_s8 against sums of whole numbers, to the bit, in every tile; gemm_w8 against a product in double precision.
#include "kernels/gemm_s8.cuh"
#include "kernels/gemm_w8.cuh"
#include "params/gemm_w8.h"
#include "tests/gemm_s8_problem.h"

namespace {

using harness::Buffer;
using harness::Random;
using namespace products;

std::vector<Variant> floating(const std::string& name) {
    std::vector<Variant> all;
    addDepths<GemmS8Tile16x128>(all, name);
    addDepths<GemmS8Tile32x64>(all, name);
    addDepths<GemmS8Tile64x64>(all, name);
    addDepths<GemmS8Tile64x128>(all, name);
    addDepths<GemmS8Tile128x128>(all, name);
    addDepths<GemmS8Tile128x256>(all, name);
    addDepths<GemmS8Tile256x128>(all, name);
    return all;
}

std::vector<Variant> quantizing() {
    std::vector<Variant> all;
    addDepths<GemmS8Tile16x128>(all, "gemm_s8_s8");
    addDepths<GemmS8Tile64x128>(all, "gemm_s8_s8");
    addDepths<GemmS8Tile128x128>(all, "gemm_s8_s8");
    addDepths<GemmS8Tile128x256>(all, "gemm_s8_s8");
    addDepths<GemmS8Tile256x128>(all, "gemm_s8_s8");
    return all;
}

std::vector<Variant> blocks() {
    std::vector<Variant> all;
    addDepths<GemmS8BlocksTile16x128>(all, "gemm_s8_blocks_f32");
    addDepths<GemmS8BlocksTile64x128>(all, "gemm_s8_blocks_f32");
    addDepths<GemmS8BlocksTile128x128>(all, "gemm_s8_blocks_f32");
    return all;
}

std::vector<Variant> weightOnly(const std::string& name) {
    std::vector<Variant> all;
    addDepths<GemmW8Tile16x128>(all, name);
    addDepths<GemmW8Tile32x64>(all, name);
    addDepths<GemmW8Tile64x128>(all, name);
    addDepths<GemmW8Tile128x128>(all, name);
    addDepths<GemmW8Tile256x128>(all, name);
    return all;
}

const int SIZES[][3] = {{1, 1, 128}, {1, 130, 256}, {17, 129, 384}, {65, 64, 640}, {130, 7, 128}, {300, 140, 128}, {70, 300, 256}};

template <class Out>
void exact(const std::vector<Variant>& kernels, const std::vector<Scaling>& scalings, uint64_t seed) {
    Random random(seed);
    for (const auto& size : SIZES)
        for (Scaling scaling : scalings) {
            S8Problem problem(random, size[0], size[1], size[2], scaling);
            const int ldc = problem.n + random.integer(0, 3);
            for (const Variant& kernel : kernels) problem.check<Out>(kernel, ldc, [&](const GemmS8Params& p) { launch(kernel, p); });
        }
}

TEST(gemm_s8_f16_is_exact) { exact<__half>(floating("gemm_s8_f16"), {Scaling::One, Scaling::Rows}, 1); }
TEST(gemm_s8_f32_is_exact) { exact<float>(floating("gemm_s8_f32"), {Scaling::One, Scaling::Rows}, 2); }
TEST(gemm_s8_blocks_f32_is_exact) { exact<float>(blocks(), {Scaling::Blocks}, 3); }

TEST(gemm_s8_s8_is_exact) {
    Random random(4);
    for (const auto& size : SIZES)
        for (bool fixed : {false, true}) {
            S8Problem problem(random, size[0], size[1], size[2], fixed ? Scaling::One : Scaling::Rows);
            const float given = random.uniform(0.01f, 0.5f);
            for (const Variant& kernel : quantizing())
                problem.checkQuantized(kernel, fixed ? &given : nullptr, [&](const GemmS8Params& p) { launch(kernel, p); });
        }
}

// The largest sums there can be: of one block within the trick's bits, and of all of K.
TEST(gemm_s8_extremes_are_exact) {
    const int k = 8192;
    for (int sign : {1, -1}) {
        Buffer<int8_t> a(k, int8_t(127)), w(k, int8_t(sign * 127));
        Buffer<float> one(k / 128, 1.0f);
        for (const std::string name : {"gemm_s8_f32", "gemm_s8_blocks_f32"}) {
            Buffer<float> c(1);
            GemmS8Params p{};
            p.a = a.data(), p.w = w.data(), p.a_scales = one.data(), p.w_scales = one.data(), p.c = c.data();
            p.m = p.n = 1, p.k = p.lda = p.ldw = k, p.ldc = 1, p.a_scale_stride = k / 128;
            launch(name == "gemm_s8_f32" ? floating(name)[0] : blocks()[0], p);
            CHECK(c[0] == float(sign * 127 * 127) * k, "%s: %g", name.c_str(), double(c[0]));
        }
    }
}

// A NaN among what is quantized is not lost: the scale says it.
TEST(gemm_s8_s8_keeps_a_nan) {
    Buffer<int8_t> a(128, int8_t(1)), w(128 * 128, int8_t(1)), c(256);
    Buffer<float> a_scales(1, nanf("")), w_scales(128, 1.0f), c_scales(1);
    GemmS8Params p{};
    p.a = a.data(), p.w = w.data(), p.a_scales = a_scales.data(), p.w_scales = w_scales.data(), p.c = c.data(), p.c_scales = c_scales.data();
    p.m = 1, p.n = p.k = p.lda = p.ldw = p.ldc = 128, p.a_scale_stride = 1, p.relu = 1;
    launch(quantizing()[0], p);
    CHECK(isnan(c_scales[0]));
}

template <class Out>
void weightsOnly(const std::string& name, uint64_t seed) {
    Random random(seed);
    const int sizes[][3] = {{1, 1, 64}, {17, 129, 192}, {65, 64, 320}, {130, 7, 64}, {300, 140, 128}};
    for (const auto& size : sizes) {
        const int m = size[0], n = size[1], k = size[2], lda = k + 8, ldw = up128(k) + 16 * random.integer(0, 1), ldc = n + random.integer(0, 2);
        Buffer<__half> a = random.normalHalf(m * size_t(lda));
        Buffer<int8_t> w = numbers(random, n * size_t(ldw));
        Buffer<float> w_scales = scales(random, n), bias = random.normal(n), residual = random.normal(size_t(m) * n);
        const bool relu = random.integer(0, 1), added = random.integer(0, 1);
        Buffer<Out> first(0);
        for (const Variant& kernel : weightOnly(name)) {
            Buffer<Out> c(size_t(m) * ldc);
            GemmW8Params p{};
            p.a = a.data(), p.w = w.data(), p.w_scales = w_scales.data(), p.bias = bias.data(), p.residual = added ? residual.data() : nullptr, p.c = c.data();
            p.m = m, p.n = n, p.k = k, p.lda = lda, p.ldw = ldw, p.ldc = ldc, p.ld_residual = n, p.relu = relu;
            launch(kernel, p);
            if (first.size() != 0) {
                CHECK(c.sameBits(first), "%s differs from another tile at m %d n %d k %d", kernel.name(), m, n, k);
                continue;
            }
            first = c;
            for (int row = 0; row < m; row++)
                for (int col = 0; col < ldc; col++) {
                    const Out value = c[row * size_t(ldc) + col];
                    if (col >= n) {
                        CHECK(harness::isPoison(value), "%s: [%d, %d] was written", kernel.name(), row, col);
                        continue;
                    }
                    double sum = 0;
                    for (int i = 0; i < k; i++) {
                        const int at = i % 16, place = i / 16 * 16 + at % 8 / 2 * 4 + at / 8 * 2 + at % 2;      // where column i lies
                        sum += double(__half2float(a[row * size_t(lda) + i])) * w[col * size_t(ldw) + place];
                    }
                    double wanted = sum * w_scales[col] + bias[col];
                    if (relu && wanted < 0) wanted = 0;
                    if (added) wanted += residual[row * size_t(n) + col];
                    const double rounding = sizeof(Out) == 2 ? 1.0 / 2048 : 1e-6;
                    CHECK(fabs(double(float(value)) - wanted) <= rounding * fabs(wanted) + 1e-4 * sqrt(k), "%s m %d n %d k %d: [%d, %d] = %g, expected %g",
                          kernel.name(), m, n, k, row, col, double(float(value)), wanted);
                }
        }
    }
}

TEST(gemm_w8_f16_agrees_with_reference) { weightsOnly<__half>("gemm_w8_f16", 5); }
TEST(gemm_w8_f32_agrees_with_reference) { weightsOnly<float>("gemm_w8_f32", 6); }

}  // namespace
