// The fused output layer against the logits of the plain product, element by element.
#include <algorithm>

#include "kernels/argmax.cuh"
#include "kernels/gemm_argmax_f16.cuh"
#include "kernels/gemm_f32.cuh"
#include "params/argmax_reduce.h"
#include "params/gemm.h"
#include "params/gemm_argmax.h"
#include "tests/harness.h"

namespace {

using harness::Buffer;
using harness::Random;

struct Variant {
    const char* name;
    unsigned rows, cols, threads, shared;
};

template <class Tile>
Variant variant(const char* name, int bytes) { return {name, Tile::ROWS, Tile::COLS, Tile::THREADS, unsigned(bytes)}; }

template <class T>
std::vector<Variant> variants();
template <>
std::vector<Variant> variants<__half>() {
    return {variant<ArgmaxF16Tile16x256>("gemm_argmax_f16_16x256", 3 * ArgmaxF16Tile16x256::STAGE_BYTES),
            variant<ArgmaxF16Tile64x128>("gemm_argmax_f16_64x128", 4 * ArgmaxF16Tile64x128::STAGE_BYTES),
            variant<ArgmaxF16Tile128x128>("gemm_argmax_f16_128x128", 2 * ArgmaxF16Tile128x128::STAGE_BYTES),
            variant<ArgmaxF16Tile128x256>("gemm_argmax_f16_128x256", 3 * ArgmaxF16Tile128x256::STAGE_BYTES)};
}
template <>
std::vector<Variant> variants<float>() {
    return {variant<GemmF32Tile16x128>("gemm_argmax_f32_16x128", GemmF32Tile16x128::SHARED_BYTES),
            variant<GemmF32Tile64x128>("gemm_argmax_f32_64x128", GemmF32Tile64x128::SHARED_BYTES)};
}

void logits(const __half* a, const __half* w, const float* bias, float* c, int m, int n, int k) {
    softcuda::launch("gemm_f16_f32_64x128", {(n + 127u) / 128, (m + 63u) / 64}, {128}, 3 * GemmF16Tile64x128::STAGE_BYTES,
                     GemmParams{a, w, bias, nullptr, c, nullptr, m, n, k, k, k, n, 0, 0});
}
void logits(const float* a, const float* w, const float* bias, float* c, int m, int n, int k) {
    softcuda::launch("gemm_f32_64x128", {(n + 127u) / 128, (m + 63u) / 64}, {128}, GemmF32Tile64x128::SHARED_BYTES,
                     GemmParams{a, w, bias, nullptr, c, nullptr, m, n, k, k, k, n, 0, 0});
}

template <class T>
Buffer<T> values(Random& random, size_t count);
template <>
Buffer<float> values(Random& random, size_t count) { return random.normal(count); }
template <>
Buffer<__half> values(Random& random, size_t count) { return random.normalHalf(count); }

struct Result {
    Buffer<int32_t> ids;
    Buffer<float> values;
};

// Both launches; rows behind true_rows must stay poisoned in the partial results and in the outcome.
template <class T>
Result argmax(const Variant& kernel, const Buffer<T>& a, const Buffer<T>& w, const Buffer<float>& bias, int m, int n, int k, int true_rows) {
    const int tiles = (n + ARGMAX_COLUMNS - 1) / ARGMAX_COLUMNS;
    Buffer<float> partial(size_t(tiles) * m);
    Buffer<int32_t> partial_ids(size_t(tiles) * m), rows(1, true_rows);
    softcuda::launch(kernel.name, {(n + kernel.cols - 1) / kernel.cols, (m + kernel.rows - 1) / kernel.rows}, {kernel.threads}, kernel.shared,
                     GemmArgmaxParams{a.data(), w.data(), bias.data(), partial.data(), partial_ids.data(), rows.data(), m, n, k, k, k});
    Result result{Buffer<int32_t>(m), Buffer<float>(m)};
    softcuda::launch("argmax_reduce", {(m + 31u) / 32}, {128}, 0,
                     ArgmaxReduceParams{partial.data(), partial_ids.data(), result.ids.data(), result.values.data(), rows.data(), m, tiles});
    for (int row = true_rows; row < m; row++) {
        CHECK(harness::isPoison(result.ids[row]) && harness::isPoison(result.values[row]), "%s: row %d was written", kernel.name, row);
        for (int tile = 0; tile < tiles; tile++) CHECK(harness::isPoison(partial[size_t(tile) * m + row]), "%s: row %d was written", kernel.name, row);
    }
    return result;
}

template <class T>
void findsTheLargestLogit(uint64_t seed) {
    Random random(seed);
    const int sizes[][4] = {{1, 1, 64, 1}, {5, 63, 64, 5}, {33, 64, 128, 33}, {70, 321, 64, 65}, {130, 257, 64, 130}, {3, 65, 64, 0}};
    for (const auto& [m, n, k, true_rows] : sizes) {
        Buffer<T> a = values<T>(random, size_t(m) * k), w = values<T>(random, size_t(n) * k);
        Buffer<float> bias = random.normal(n), all(size_t(m) * n);
        // Columns that tie, in one tile and in different ones: the lower must win.
        for (int col = 1; col < n; col += 3) {
            for (int i = 0; i < k; i++) w[size_t(col) * k + i] = w[size_t(col / 2) * k + i];
            bias[col] = bias[col / 2];
        }
        logits(a.data(), w.data(), bias.data(), all.data(), m, n, k);
        for (const Variant& kernel : variants<T>()) {
            Result result = argmax(kernel, a, w, bias, m, n, k, true_rows);
            for (int row = 0; row < true_rows; row++) {
                const float* of = all.data() + size_t(row) * n;
                const int best = int(std::max_element(of, of + n) - of);
                CHECK(result.ids[row] == best && result.values[row] == of[best], "%s m %d n %d row %d: id %d (%g), expected %d (%g)", kernel.name,
                      m, n, row, result.ids[row], result.values[row], best, of[best]);
            }
        }
    }
}

TEST(gemm_argmax_f16_finds_the_largest_logit) { findsTheLargestLogit<__half>(11); }
TEST(gemm_argmax_f32_finds_the_largest_logit) { findsTheLargestLogit<float>(12); }

// A NaN never wins, and a row of nothing else still has an id that is a column.
template <class T>
void survivesNaN(uint64_t seed) {
    Random random(seed);
    const int m = 3, n = 130, k = 64;
    Buffer<T> a = values<T>(random, m * k), w = values<T>(random, n * k);
    for (int i = 0; i < k; i++) a[k + i] = harness::poison<T>();
    Buffer<float> bias = random.normal(n), all(m * n);
    bias[5] = NAN;
    logits(a.data(), w.data(), bias.data(), all.data(), m, n, k);
    for (const Variant& kernel : variants<T>()) {
        Result result = argmax(kernel, a, w, bias, m, n, k, m);
        CHECK(result.ids[1] == 0 && result.values[1] == -INFINITY, "%s: id %d, value %g", kernel.name, result.ids[1], result.values[1]);
        for (int row : {0, 2}) {
            int best = 0;
            for (int col = 0; col < n; col++)
                if (all[row * n + col] > all[row * n + best]) best = col;
            CHECK(result.ids[row] == best, "%s: id %d, expected %d", kernel.name, result.ids[row], best);
        }
    }
}

TEST(gemm_argmax_f16_survives_nan) { survivesNaN<__half>(13); }
TEST(gemm_argmax_f32_survives_nan) { survivesNaN<float>(14); }

}  // namespace
