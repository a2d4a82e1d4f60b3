// tile_weight, and gemm_f16 for sm_90a against a plain product in double precision, in every tile and with few and many CTAs.
#include <algorithm>

#include "kernels/gemm_f16_sm90.cuh"
#include "params/gemm.h"
#include "params/tile_weight.h"
#include "tests/harness.h"
#include "tests/hopper.h"

namespace {

using harness::Buffer;
using harness::Random;

int padded(int k) { return (k + 63) / 64 * 64; }

// Where element [row, col] lies by the words of weight_tiles.cuh.
size_t imagePlace(int row, int col, int n, int k) {
    const int block = row / 128, rows = std::min(128, n - block * 128), in_block = row % 128, in_slice = col % 64;
    return size_t(block) * 128 * k + size_t(col / 64) * rows * 64 + in_block * 64 + ((in_slice / 8) ^ (in_block % 8)) * 8 + in_slice % 8;
}

template <class In>
Buffer<__half> image(const Buffer<In>& w, int n, int cols) {
    Buffer<__half> tiled(size_t(n) * padded(cols));
    const char* name = sizeof(In) == 4 ? "tile_weight_f32" : "tile_weight_f16";
    const int k = padded(cols), split = n / 3;      // in two pieces, as a large weight is loaded
    for (const auto& piece : {std::pair(0, split), std::pair(split, n - split)}) {
        const int first = piece.first, rows = piece.second;
        if (rows == 0) continue;
        softcuda::launch(name, {unsigned((size_t(rows) * k / 8 + 127) / 128)}, {128}, 0,
                         TileWeightParams{w.data() + size_t(first) * cols, tiled.data(), cols, 1, 0, first, rows, n, cols, cols, k});
    }
    return tiled;
}

TEST(tile_weight_makes_the_image) {
    Random random(11);
    for (const auto& size : {std::pair(1, 5), std::pair(130, 64), std::pair(300, 150)}) {
        const int n = size.first, cols = size.second, k = padded(cols);
        Buffer<float> w = random.normal(size_t(n) * cols);
        Buffer<__half> tiled = image(w, n, cols);
        for (int row = 0; row < n; row++)
            for (int col = 0; col < k; col++) {
                const __half wanted = col < cols ? __float2half_rn(w[size_t(row) * cols + col]) : __float2half_rn(0.0f);
                CHECK(__half_as_ushort(tiled[imagePlace(row, col, n, k)]) == __half_as_ushort(wanted), "n %d k %d: [%d, %d]", n, cols, row, col);
            }
    }
}

TEST(tile_weight_reorders_convolutions) {
    Random random(12);
    const int n = 9, channels = 6, taps = 3, cols = channels * taps;
    Buffer<__half> w = random.normalHalf(n * cols), tiled(size_t(n) * 64);
    softcuda::launch("tile_weight_f16", {1}, {128}, 0, TileWeightParams{w.data(), tiled.data(), cols, taps, 1, 0, n, n, cols, channels, 64});
    for (int row = 0; row < n; row++)
        for (int col = 0; col < cols; col++) {
            const __half wanted = w[row * cols + col % channels * taps + col / channels];
            CHECK(__half_as_ushort(tiled[imagePlace(row, col, n, 64)]) == __half_as_ushort(wanted), "[%d, %d]", row, col);
        }
}

struct Variant {
    const char* name;
    unsigned rows, cols, threads, shared;
};

template <class Tile>
Variant variant(const char* name) {
    return {name, Tile::ROWS, Tile::COLS, Tile::THREADS, Tile::SHARED_BYTES};
}

template <class Out>
std::vector<Variant> variants() {
    if (sizeof(Out) == 4)
        return {variant<GemmSm90Tile64>("gemm_f16_f32_sm90_64"), variant<GemmSm90Tile128>("gemm_f16_f32_sm90_128"), variant<GemmSm90Tile256>("gemm_f16_f32_sm90_256")};
    return {variant<GemmSm90Tile64>("gemm_f16_f16_sm90_64"), variant<GemmSm90Tile128>("gemm_f16_f16_sm90_128"), variant<GemmSm90Tile256>("gemm_f16_f16_sm90_256")};
}

void launch(const Variant& kernel, const GemmParams& p, unsigned ctas) {
    const Hopper hopper;
    softcuda::launch(kernel.name, {ctas}, {kernel.threads}, kernel.shared, p);
}

double number(float x) { return x; }
double number(__half x) { return __half2float(x); }

// One product with random operands; what is optional is there or not.
template <class Out>
struct Problem {
    int m, n, k, lda, ldc, ld_residual, true_rows;
    bool relu, in_place;
    size_t shift;      // elements by which C begins off its allocation's alignment
    Buffer<__half> a, w, tiled;
    Buffer<float> bias, residual;
    Buffer<int32_t> device_rows;
    bool has_bias, has_residual, has_device_rows;

    Problem(Random& random, int m, int n, int k)
        : m(m), n(n), k(k), lda(k + 8 * random.integer(0, 2)), ldc(n + random.integer(0, 3)), ld_residual(n + random.integer(0, 3)),
          true_rows(random.integer(0, 2) ? m : random.integer(0, m)), relu(random.integer(0, 1)), in_place(sizeof(Out) == 4 && random.integer(0, 1)),
          shift(random.integer(0, 1)), a(random.normalHalf(m * size_t(lda))), w(random.normalHalf(n * size_t(k), 0.3f)), tiled(image(w, n, k)),
          bias(random.normal(n)), residual(random.normal(m * size_t(ld_residual))), device_rows(1, true_rows), has_bias(random.integer(0, 3)),
          has_residual(random.integer(0, 1)), has_device_rows(true_rows < m) {
        if (in_place) ld_residual = ldc, residual = random.normal(m * size_t(ldc)), has_residual = true;
    }

    double expected(int row, int col) const {
        double sum = has_bias ? bias[col] : 0;
        for (int i = 0; i < k; i++) sum += number(a[row * size_t(lda) + i]) * number(w[col * size_t(k) + i]);
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

    Buffer<Out> run(const Variant& kernel, unsigned ctas) {
        Buffer<Out> c = before();
        const float* added = !has_residual ? nullptr : in_place ? reinterpret_cast<const float*>(c.data() + shift) : residual.data();
        launch(kernel, GemmParams{a.data(), tiled.data(), has_bias ? bias.data() : nullptr, added, c.data() + shift,
                                  has_device_rows ? device_rows.data() : nullptr, m, n, k, lda, k, ldc, ld_residual, relu}, ctas);
        return c;
    }

    void check(const Variant& kernel, const Buffer<Out>& c) const {
        const Buffer<Out> untouched = before();
        const double rounding = sizeof(Out) == 2 ? 1.0 / 2048 : 1e-6;
        for (int row = 0; row < m; row++)
            for (int col = 0; col < ldc && shift + row * size_t(ldc) + col < c.size(); col++) {
                const size_t at = shift + row * size_t(ldc) + col;
                if (row >= true_rows || col >= n) {
                    CHECK(memcmp(&c[at], &untouched[at], sizeof(Out)) == 0, "%s m %d n %d k %d: [%d, %d] was written", kernel.name, m, n, k, row, col);
                    continue;
                }
                const double value = number(c[at]), wanted = expected(row, col);
                CHECK(fabs(value - wanted) <= rounding * fabs(wanted) + 2e-5 * sqrt(k), "%s m %d n %d k %d: [%d, %d] = %g, expected %g",
                      kernel.name, m, n, k, row, col, value, wanted);
            }
        for (size_t i = 0; i < shift; i++) CHECK(harness::isPoison(c[i]), "%s wrote before C", kernel.name);
    }
};

template <class Out>
void agreesWithReference(uint64_t seed) {
    Random random(seed);
    const int sizes[][3] = {{1, 1, 64}, {1, 130, 128}, {17, 300, 192}, {65, 64, 512}, {140, 257, 64}, {random.integer(2, 200), random.integer(2, 270), 448}};
    for (const auto& size : sizes) {
        Problem<Out> problem(random, size[0], size[1], size[2]);
        const Variant* first = nullptr;
        Buffer<Out> bits(0);
        for (const Variant& kernel : variants<Out>()) {
            const unsigned tiles = (size[0] + kernel.rows - 1) / kernel.rows * ((size[1] + kernel.cols - 1) / kernel.cols);
            for (unsigned ctas : {1u, (tiles + 1) / 2 + 1}) {      // one CTA walks over all tiles; some have none
                softcuda::setSeed(ctas == 1 ? 0 : random.bits());
                Buffer<Out> c = problem.run(kernel, ctas);
                if (first == nullptr) {
                    problem.check(kernel, c);
                    first = &kernel;
                    bits = c;
                }
                CHECK(c.sameBits(bits), "%s with %u CTAs differs from another tile at m %d n %d k %d", kernel.name, ctas, problem.m, problem.n, problem.k);
            }
        }
    }
    softcuda::setSeed(0);
}

TEST(gemm_f16_f16_sm90_agrees_with_reference) { agreesWithReference<__half>(1); }
TEST(gemm_f16_f32_sm90_agrees_with_reference) { agreesWithReference<float>(2); }

// Each row alone, and within a batch in which other rows are NaN.
TEST(gemm_f16_sm90_rows_are_independent) {
    Random random(4);
    const int m = 150, n = 36, k = 128;
    Buffer<__half> a = random.normalHalf(m * k), w = random.normalHalf(n * k, 0.3f), tiled = image(w, n, k);
    Buffer<float> bias = random.normal(n);
    for (const Variant& kernel : variants<float>()) {
        Buffer<float> together(m * n), beside(m * n);
        launch(kernel, GemmParams{a.data(), tiled.data(), bias.data(), nullptr, together.data(), nullptr, m, n, k, k, k, n, 0, 0}, 3);
        Buffer<__half> spoilt = a;
        for (int i = 0; i < k; i++) spoilt[37 * k + i] = harness::poison<__half>();
        launch(kernel, GemmParams{spoilt.data(), tiled.data(), bias.data(), nullptr, beside.data(), nullptr, m, n, k, k, k, n, 0, 1}, 3);
        for (int row : {0, 1, 36, 38, 63, 64, 127, 128, 149}) {
            Buffer<float> alone(n), alone_relu(n);
            launch(kernel, GemmParams{a.data() + row * k, tiled.data(), bias.data(), nullptr, alone.data(), nullptr, 1, n, k, k, k, n, 0, 0}, 1);
            launch(kernel, GemmParams{a.data() + row * k, tiled.data(), bias.data(), nullptr, alone_relu.data(), nullptr, 1, n, k, k, k, n, 0, 1}, 1);
            CHECK(memcmp(alone.data(), together.data() + row * n, n * sizeof(float)) == 0, "%s: row %d depends on its batch", kernel.name, row);
            CHECK(memcmp(alone_relu.data(), beside.data() + row * n, n * sizeof(float)) == 0, "%s: row %d depends on a NaN row", kernel.name, row);
        }
        for (int col = 0; col < n; col++) CHECK(isnan(beside[37 * n + col]), "%s: ReLU hides a NaN", kernel.name);
    }
}

// On a device without these units the launch fails and says why.
TEST(gemm_f16_sm90_wants_its_capability) {
    Buffer<__half> a(64), w(64);
    Buffer<float> c(1);
    softcuda::LaunchResult result;
    harness::captureStderr([&] {
        result = softcuda::tryLaunch("gemm_f16_f32_sm90_64", {1}, {256}, GemmSm90Tile64::SHARED_BYTES,
                                     GemmParams{a.data(), w.data(), nullptr, nullptr, c.data(), nullptr, 1, 1, 64, 64, 64, 1, 0, 0});
    });
    CHECK(result.message.find("compute capability 9.0") != std::string::npos, "%s", result.message.c_str());
}

}  // namespace
