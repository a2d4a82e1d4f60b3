// What the tests of matrix products share: their kernels, and operands with a reference in double precision.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "params/gemm.h"
#include "tests/harness.h"
#include "tests/hopper.h"

namespace products {

using harness::Buffer;
using harness::Random;

// A kernel and its tile.
struct Variant {
    std::string kernel;
    unsigned rows, cols, threads, shared;
    const char* name() const { return kernel.c_str(); }
    unsigned across(int n) const { return (n + cols - 1) / cols; }
    unsigned down(int m) const { return (m + rows - 1) / rows; }
};

// The shallowest ring, and the deepest that sm_80 has room for: there are more stages than slices of K in it.
template <class Tile>
void addDepths(std::vector<Variant>& variants, const std::string& name) {
    const int most = 160 * 1024 / Tile::STAGE_BYTES;
    for (int stages : {int(Tile::MIN_STAGES), most < Tile::MAX_STAGES ? most : Tile::MAX_STAGES})
        variants.push_back({name + "_" + std::to_string(Tile::ROWS) + "x" + std::to_string(Tile::COLS), Tile::ROWS, Tile::COLS, Tile::THREADS,
                            unsigned(stages * Tile::STAGE_BYTES)});
}

// A kernel whose shared memory is fixed.
template <class Tile>
Variant fixed(const std::string& kernel) {
    return {kernel, Tile::ROWS, Tile::COLS, Tile::THREADS, Tile::SHARED_BYTES};
}

// A block for each tile.
template <class Params>
void launch(const Variant& kernel, const Params& p) {
    softcuda::launch(kernel.name(), {kernel.across(p.n), kernel.down(p.m)}, {kernel.threads}, kernel.shared, p);
}

// Blocks that walk over the tiles, on a device of capability 9.0.
template <class Params>
void launchPersistent(const Variant& kernel, const Params& p, unsigned blocks) {
    const Hopper hopper;
    softcuda::launch(kernel.name(), {blocks}, {kernel.threads}, kernel.shared, p);
}

template <class T>
Buffer<T> values(Random& random, size_t count, float scale);
template <>
inline Buffer<float> values(Random& random, size_t count, float scale) { return random.normal(count, scale); }
template <>
inline Buffer<__half> values(Random& random, size_t count, float scale) { return random.normalHalf(count, scale); }

inline double number(float x) { return x; }
inline double number(__half x) { return __half2float(x); }

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

    // C as `launched` leaves it.
    Buffer<Out> run(const std::function<void(const GemmParams&)>& launched) {
        Buffer<Out> c = before();
        const float* added = !has_residual ? nullptr : in_place ? reinterpret_cast<const float*>(c.data() + shift) : residual.data();
        launched(GemmParams{a.data(), w.data(), has_bias ? bias.data() : nullptr, added, c.data() + shift,
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

}  // namespace products
