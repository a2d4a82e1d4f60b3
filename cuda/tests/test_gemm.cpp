// gemm_f16 and gemm_f32 against a plain product in double precision, in every tile.
#include "kernels/gemm_f16.cuh"
#include "kernels/gemm_f32.cuh"
#include "kernels/gemm_ladder.cuh"
#include "tests/gemm_problem.h"

namespace {

using harness::Buffer;
using harness::Random;
using namespace products;

// The kernels from In to Out, which must all give the same bits.
template <class In, class Out>
std::vector<Variant> variants() {
    if (sizeof(In) == 4) return {fixed<GemmF32Tile16x128>("gemm_f32_16x128"), fixed<GemmF32Tile64x128>("gemm_f32_64x128")};
    const std::string name = sizeof(Out) == 4 ? "gemm_f16_f32" : "gemm_f16_f16";
    std::vector<Variant> all;
    addDepths<GemmF16Tile16x128>(all, name);
    addDepths<GemmF16Tile32x64>(all, name);
    addDepths<GemmF16Tile64x64>(all, name);
    addDepths<GemmF16Tile64x128>(all, name);
    addDepths<GemmF16Tile128x128>(all, name);
    addDepths<GemmF16Tile128x256>(all, name);
    addDepths<GemmF16Tile256x128>(all, name);
    return all;
}

template <class In, class Out>
Buffer<Out> run(Problem<In, Out>& problem, const Variant& kernel) {
    return problem.run([&](const GemmParams& p) { launch(kernel, p); });
}

template <class In, class Out>
void agreesWithReference(uint64_t seed) {
    Random random(seed);
    const int sizes[][3] = {{1, 1, 64}, {1, 130, 128}, {17, 129, 192}, {65, 64, 320}, {130, 7, 64}, {300, 140, 64}, {random.integer(2, 140), random.integer(2, 140), 256}};
    for (const auto& size : sizes) {
        Problem<In, Out> problem(random, size[0], size[1], size[2]);
        const Variant* first = nullptr;
        Buffer<Out> bits(0);
        for (const Variant& kernel : variants<In, Out>()) {
            Buffer<Out> c = run(problem, kernel);
            if (first == nullptr) {
                problem.check(kernel, c);
                first = &kernel;
                bits = c;
            }
            CHECK(c.sameBits(bits), "%s differs from another tile at m %d n %d k %d", kernel.name(), problem.m, problem.n, problem.k);
        }
    }
}

TEST(gemm_f16_f16_agrees_with_reference) { agreesWithReference<__half, __half>(1); }
TEST(gemm_f16_f32_agrees_with_reference) { agreesWithReference<__half, float>(2); }
TEST(gemm_f32_agrees_with_reference) { agreesWithReference<float, float>(3); }

// Every step computes the same function; those on tensor cores are the final kernels to the bit.
TEST(gemm_ladder_agrees_with_reference) {
    Random random(8);
    const int sizes[][3] = {{1, 1, 64}, {17, 129, 192}, {130, 66, 128}, {random.integer(2, 300), random.integer(2, 300), 64}};
    for (const auto& size : sizes) {
        Problem<__half, __half> problem(random, size[0], size[1], size[2]);
        const Buffer<__half> last = run(problem, variants<__half, __half>()[0]);
        for (const Variant& step : {fixed<GemmLadderV1>("gemm_ladder_v1"), fixed<GemmLadderV2>("gemm_ladder_v2")})
            problem.check(step, run(problem, step));
        for (const Variant& step : {fixed<GemmLadderV3>("gemm_ladder_v3"), fixed<GemmLadderV4>("gemm_ladder_v4"),
                                    fixed<GemmLadderV5>("gemm_ladder_v5"), fixed<GemmLadderV6>("gemm_ladder_v6")})
            CHECK(run(problem, step).sameBits(last), "%s differs from the final kernel at m %d n %d k %d", step.name(), problem.m, problem.n, problem.k);
        problem.check(variants<__half, __half>()[0], last);
    }
}

// Each row alone, and within a batch in which other rows are NaN.
template <class In, class Out>
void rowsAreIndependent(uint64_t seed) {
    Random random(seed);
    const int m = 70, n = 36, k = 128;
    Buffer<In> a = values<In>(random, m * k, 1), w = values<In>(random, n * k, 0.3f);
    Buffer<float> bias = random.normal(n);
    for (const Variant& kernel : variants<In, Out>()) {
        Buffer<Out> together(m * n);
        launch(kernel, GemmParams{a.data(), w.data(), bias.data(), nullptr, together.data(), nullptr, m, n, k, k, k, n, 0, 0});
        Buffer<In> spoilt = a;
        for (int i = 0; i < k; i++) spoilt[37 * k + i] = harness::poison<In>();
        Buffer<Out> beside(m * n);
        launch(kernel, GemmParams{spoilt.data(), w.data(), bias.data(), nullptr, beside.data(), nullptr, m, n, k, k, k, n, 0, 1});
        for (int row : {0, 1, 15, 16, 36, 38, 63, 64, 69}) {
            Buffer<Out> alone(n), alone_relu(n);
            launch(kernel, GemmParams{a.data() + row * k, w.data(), bias.data(), nullptr, alone.data(), nullptr, 1, n, k, k, k, n, 0, 0});
            launch(kernel, GemmParams{a.data() + row * k, w.data(), bias.data(), nullptr, alone_relu.data(), nullptr, 1, n, k, k, k, n, 0, 1});
            CHECK(memcmp(alone.data(), together.data() + row * n, n * sizeof(Out)) == 0, "%s: row %d depends on its batch", kernel.name(), row);
            CHECK(memcmp(alone_relu.data(), beside.data() + row * n, n * sizeof(Out)) == 0, "%s: row %d depends on a NaN row", kernel.name(), row);
        }
        for (int col = 0; col < n; col++) CHECK(isnan(number(beside[37 * n + col])), "%s: ReLU hides a NaN", kernel.name());
    }
}

TEST(gemm_f16_f16_rows_are_independent) { rowsAreIndependent<__half, __half>(4); }
TEST(gemm_f16_f32_rows_are_independent) { rowsAreIndependent<__half, float>(5); }
TEST(gemm_f32_rows_are_independent) { rowsAreIndependent<float, float>(6); }

// The order of the sum is that of a plain loop.
TEST(gemm_f32_is_one_chain_of_fmaf) {
    Random random(7);
    const int m = 3, n = 5, k = 192;
    Buffer<float> a = random.normal(m * k), w = random.normal(n * k), c(m * n);
    launch(variants<float, float>()[1], GemmParams{a.data(), w.data(), nullptr, nullptr, c.data(), nullptr, m, n, k, k, k, n, 0, 0});
    for (int row = 0; row < m; row++)
        for (int col = 0; col < n; col++) {
            float sum = 0;
            for (int i = 0; i < k; i++) sum = fmaf(a[row * k + i], w[col * k + i], sum);
            CHECK(c[row * n + col] == sum, "[%d, %d]", row, col);
        }
}

}  // namespace
