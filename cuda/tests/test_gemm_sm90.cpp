// tile_weight, and gemm_f16 for sm_90a against a plain product in double precision, in every tile and with few and many CTAs.
#include "kernels/gemm_f16_sm90.cuh"
#include "params/tile_weight.h"
#include "tests/gemm_problem.h"
#include "tests/weight_image.h"

namespace {

using harness::Buffer;
using harness::Random;
using namespace products;

int padded(int k) { return (k + 63) / 64 * 64; }

template <class In>
Buffer<__half> image(const Buffer<In>& w, int n, int cols, int stride) {
    Buffer<__half> tiled(size_t(n) * padded(cols));
    const char* name = sizeof(In) == 4 ? "tile_weight_f32" : "tile_weight_f16";
    const int k = padded(cols), split = n / 3;      // in two pieces, as a large weight is loaded
    for (const auto& piece : {std::pair(0, split), std::pair(split, n - split)}) {
        const int first = piece.first, rows = piece.second;
        if (rows == 0) continue;
        softcuda::launch(name, {unsigned((size_t(rows) * k / 8 + 127) / 128)}, {128}, 0,
                         TileWeightParams{w.data() + size_t(first) * stride, tiled.data(), stride, 1, 0, first, rows, n, cols, cols, k});
    }
    return tiled;
}

TEST(tile_weight_makes_the_image) {
    Random random(11);
    for (const auto& size : {std::pair(1, 5), std::pair(130, 64), std::pair(300, 150)}) {
        const int n = size.first, cols = size.second, k = padded(cols);
        Buffer<float> w = random.normal(size_t(n) * cols);
        Buffer<__half> tiled = image(w, n, cols, cols);
        for (int row = 0; row < n; row++)
            for (int col = 0; col < k; col++) {
                const __half wanted = col < cols ? __float2half_rn(w[size_t(row) * cols + col]) : __float2half_rn(0.0f);
                CHECK(__half_as_ushort(tiled[imageByte(row, col * 2, n, k * 2) / 2]) == __half_as_ushort(wanted), "n %d k %d: [%d, %d]", n, cols, row, col);
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
            CHECK(__half_as_ushort(tiled[imageByte(row, col * 2, n, 128) / 2]) == __half_as_ushort(wanted), "[%d, %d]", row, col);
        }
}

template <class Out>
std::vector<Variant> variants() {
    if (sizeof(Out) == 4)
        return {fixed<GemmSm90Tile64>("gemm_f16_f32_sm90_64"), fixed<GemmSm90Tile128>("gemm_f16_f32_sm90_128"), fixed<GemmSm90Tile256>("gemm_f16_f32_sm90_256")};
    return {fixed<GemmSm90Tile64>("gemm_f16_f16_sm90_64"), fixed<GemmSm90Tile128>("gemm_f16_f16_sm90_128"), fixed<GemmSm90Tile256>("gemm_f16_f16_sm90_256")};
}

template <class Out>
void agreesWithReference(uint64_t seed) {
    Random random(seed);
    const int sizes[][3] = {{1, 1, 64}, {1, 130, 128}, {17, 300, 192}, {65, 64, 512}, {140, 257, 64}, {random.integer(2, 200), random.integer(2, 270), 448}};
    for (const auto& size : sizes) {
        Problem<__half, Out> problem(random, size[0], size[1], size[2]);
        const Buffer<__half> tiled = image(problem.w, problem.n, problem.k, problem.ldw);
        const Variant* first = nullptr;
        Buffer<Out> bits(0);
        for (const Variant& kernel : variants<Out>()) {
            const unsigned tiles = kernel.down(problem.m) * kernel.across(problem.n);
            for (unsigned ctas : {1u, (tiles + 1) / 2 + 1}) {      // one CTA walks over all tiles; some have none
                softcuda::setSeed(ctas == 1 ? 0 : random.bits());
                Buffer<Out> c = problem.run([&](GemmParams p) {
                    p.w = tiled.data(), p.ldw = p.k;
                    launchPersistent(kernel, p, ctas);
                });
                if (first == nullptr) {
                    problem.check(kernel, c);
                    first = &kernel;
                    bits = c;
                }
                CHECK(c.sameBits(bits), "%s with %u CTAs differs from another tile at m %d n %d k %d", kernel.name(), ctas, problem.m, problem.n, problem.k);
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
    Buffer<__half> a = random.normalHalf(m * k), w = random.normalHalf(n * k, 0.3f), tiled = image(w, n, k, k);
    Buffer<float> bias = random.normal(n);
    for (const Variant& kernel : variants<float>()) {
        Buffer<float> together(m * n), beside(m * n);
        launchPersistent(kernel, GemmParams{a.data(), tiled.data(), bias.data(), nullptr, together.data(), nullptr, m, n, k, k, k, n, 0, 0}, 3);
        Buffer<__half> spoilt = a;
        for (int i = 0; i < k; i++) spoilt[37 * k + i] = harness::poison<__half>();
        launchPersistent(kernel, GemmParams{spoilt.data(), tiled.data(), bias.data(), nullptr, beside.data(), nullptr, m, n, k, k, k, n, 0, 1}, 3);
        for (int row : {0, 1, 36, 38, 63, 64, 127, 128, 149}) {
            Buffer<float> alone(n), alone_relu(n);
            launchPersistent(kernel, GemmParams{a.data() + row * k, tiled.data(), bias.data(), nullptr, alone.data(), nullptr, 1, n, k, k, k, n, 0, 0}, 1);
            launchPersistent(kernel, GemmParams{a.data() + row * k, tiled.data(), bias.data(), nullptr, alone_relu.data(), nullptr, 1, n, k, k, k, n, 0, 1}, 1);
            CHECK(memcmp(alone.data(), together.data() + row * n, n * sizeof(float)) == 0, "%s: row %d depends on its batch", kernel.name(), row);
            CHECK(memcmp(alone_relu.data(), beside.data() + row * n, n * sizeof(float)) == 0, "%s: row %d depends on a NaN row", kernel.name(), row);
        }
        for (int col = 0; col < n; col++) CHECK(isnan(beside[37 * n + col]), "%s: ReLU hides a NaN", kernel.name());
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
