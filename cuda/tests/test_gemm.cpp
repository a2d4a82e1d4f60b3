// gemm_f16 and gemm_f32 against a plain product in double precision, in every tile.
#include "kernels/gemm_f16.cuh"
#include "kernels/gemm_f32.cuh"
#include "kernels/gemm_ladder.cuh"
#include "params/gemm.h"
#include "tests/harness.h"

namespace {

using harness::Buffer;
using harness::Random;

struct Variant {
    std::string kernel;
    unsigned rows, cols, threads, shared;
    const char* name() const { return kernel.c_str(); }
};

// The shallowest ring, and the deepest that sm_80 has room for: there are more stages than slices of K in it.
template <class Tile>
void addDepths(std::vector<Variant>& variants, const std::string& name) {
    const int most = 160 * 1024 / Tile::STAGE_BYTES;
    for (int stages : {int(Tile::MIN_STAGES), most < Tile::MAX_STAGES ? most : Tile::MAX_STAGES})
        variants.push_back({name + "_" + std::to_string(Tile::ROWS) + "x" + std::to_string(Tile::COLS), Tile::ROWS, Tile::COLS, Tile::THREADS,
                            unsigned(stages * Tile::STAGE_BYTES)});
}

template <class Tile>
Variant f32(const char* name) { return {name, Tile::ROWS, Tile::COLS, Tile::THREADS, Tile::SHARED_BYTES}; }

// The kernels from In to Out, which must all give the same bits.
template <class In, class Out>
std::vector<Variant> variants() {
    if (sizeof(In) == 4) return {f32<GemmF32Tile16x128>("gemm_f32_16x128"), f32<GemmF32Tile64x128>("gemm_f32_64x128")};
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

void launch(const Variant& kernel, const GemmParams& p) {
    softcuda::launch(kernel.name(), {(p.n + kernel.cols - 1) / kernel.cols, (p.m + kernel.rows - 1) / kernel.rows}, {kernel.threads}, kernel.shared, p);
}

template <class T>
Buffer<T> values(Random& random, size_t count, float scale);
template <>
Buffer<float> values(Random& random, size_t count, float scale) { return random.normal(count, scale); }
template <>
Buffer<__half> values(Random& random, size_t count, float scale) { return random.normalHalf(count, scale); }

double number(float x) { return x; }
double number(__half x) { return __half2float(x); }

// One product with random operands; what is optional is there or not.
template <class In, class Out>
struct Problem {
    int m, n, k, lda, ldw, ldc, ld_residual, true_rows;
    bool relu, in_place;
    size_t shift;      // elements by which C begins off its allocation's alignment
    Buffer<In> a, w;
    Buffer<float> bias, residual;
    Buffer<int32_t> device_rows;
    bool has_bias, has_residual, has_device_rows;

    Problem(Random& random, int m, int n, int k)
        : m(m), n(n), k(k), lda(k + 8 * random.integer(0, 2)), ldw(k + 8 * random.integer(0, 2)), ldc(n + random.integer(0, 3)),
          ld_residual(n + random.integer(0, 3)), true_rows(random.integer(0, 2) ? m : random.integer(0, m)), relu(random.integer(0, 1)),
          in_place(sizeof(Out) == 4 && random.integer(0, 1)), shift(random.integer(0, 1)), a(values<In>(random, m * size_t(lda), 1)),
          w(values<In>(random, n * size_t(ldw), 0.3f)), bias(random.normal(n)), residual(random.normal(m * size_t(ld_residual))),
          device_rows(1, true_rows), has_bias(random.integer(0, 3)), has_residual(random.integer(0, 1)), has_device_rows(true_rows < m) {
        if (in_place) ld_residual = ldc, residual = random.normal(m * size_t(ldc)), has_residual = true;
    }

    double expected(int row, int col) const {
        double sum = has_bias ? bias[col] : 0;
        for (int i = 0; i < k; i++) sum += number(a[row * size_t(lda) + i]) * number(w[col * size_t(ldw) + i]);
        if (relu && sum < 0) sum = 0;
        return has_residual ? sum + residual[row * size_t(ld_residual) + col] : sum;
    }

    // C as it was before the product: poison, or the residual that the product is added to.
    Buffer<Out> before() const {
        Buffer<Out> c(shift + (m - 1) * size_t(ldc) + n);
        if (in_place)
            for (int row = 0; row < m; row++)
                for (int col = 0; col < n; col++) c[shift + row * size_t(ldc) + col] = Out(residual[row * size_t(ldc) + col]);
        return c;
    }

    Buffer<Out> run(const Variant& kernel) {
        Buffer<Out> c = before();
        const float* added = !has_residual ? nullptr : in_place ? reinterpret_cast<const float*>(c.data() + shift) : residual.data();
        launch(kernel, GemmParams{a.data(), w.data(), has_bias ? bias.data() : nullptr, added, c.data() + shift,
                                  has_device_rows ? device_rows.data() : nullptr, m, n, k, lda, ldw, ldc, ld_residual, relu});
        return c;
    }

    void check(const Variant& kernel, const Buffer<Out>& c) const {
        const Buffer<Out> untouched = before();
        const double rounding = sizeof(Out) == 2 ? 1.0 / 2048 : 1e-6;
        for (int row = 0; row < m; row++)
            for (int col = 0; col < ldc && shift + row * size_t(ldc) + col < c.size(); col++) {
                const size_t at = shift + row * size_t(ldc) + col;
                if (row >= true_rows || col >= n) {
                    CHECK(memcmp(&c[at], &untouched[at], sizeof(Out)) == 0, "%s m %d n %d k %d: [%d, %d] was written", kernel.name(), m, n, k, row, col);
                    continue;
                }
                const double value = number(c[at]), wanted = expected(row, col);
                CHECK(fabs(value - wanted) <= rounding * fabs(wanted) + 2e-5 * sqrt(k), "%s m %d n %d k %d: [%d, %d] = %g, expected %g",
                      kernel.name(), m, n, k, row, col, value, wanted);
            }
        for (size_t i = 0; i < shift; i++) CHECK(harness::isPoison(c[i]), "%s wrote before C", kernel.name());
    }
};

template <class In, class Out>
void agreesWithReference(uint64_t seed) {
    Random random(seed);
    const int sizes[][3] = {{1, 1, 64}, {1, 130, 128}, {17, 129, 192}, {65, 64, 320}, {130, 7, 64}, {300, 140, 64}, {random.integer(2, 140), random.integer(2, 140), 256}};
    for (const auto& size : sizes) {
        Problem<In, Out> problem(random, size[0], size[1], size[2]);
        const Variant* first = nullptr;
        Buffer<Out> bits(0);
        for (const Variant& kernel : variants<In, Out>()) {
            Buffer<Out> c = problem.run(kernel);
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

template <class Step>
Variant ladder(const char* name) { return {name, Step::ROWS, Step::COLS, Step::THREADS, Step::SHARED_BYTES}; }

// Every step computes the same function; those on tensor cores are the final kernels to the bit.
TEST(gemm_ladder_agrees_with_reference) {
    Random random(8);
    const int sizes[][3] = {{1, 1, 64}, {17, 129, 192}, {130, 66, 128}, {random.integer(2, 300), random.integer(2, 300), 64}};
    for (const auto& size : sizes) {
        Problem<__half, __half> problem(random, size[0], size[1], size[2]);
        const Buffer<__half> last = problem.run(variants<__half, __half>()[0]);
        for (const Variant& step : {ladder<GemmLadderV1>("gemm_ladder_v1"), ladder<GemmLadderV2>("gemm_ladder_v2")})
            problem.check(step, problem.run(step));
        for (const Variant& step : {ladder<GemmLadderV3>("gemm_ladder_v3"), ladder<GemmLadderV4>("gemm_ladder_v4"),
                                    ladder<GemmLadderV5>("gemm_ladder_v5"), ladder<GemmLadderV6>("gemm_ladder_v6")})
            CHECK(problem.run(step).sameBits(last), "%s differs from the final kernel at m %d n %d k %d", step.name(), problem.m, problem.n, problem.k);
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
