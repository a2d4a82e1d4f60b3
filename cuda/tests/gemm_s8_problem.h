// Operands of int8 products and what must come of them, to the bit.
#pragma once
#include "params/gemm_s8.h"
#include "tests/gemm_problem.h"

namespace products {

inline int up128(int x) { return (x + 127) / 128 * 128; }

inline Buffer<int8_t> numbers(Random& random, size_t count) {
    Buffer<int8_t> buffer(count);
    for (int8_t& x : buffer) x = int8_t(random.integer(-127, 127));
    return buffer;
}

inline Buffer<float> scales(Random& random, size_t count) {
    Buffer<float> buffer(count);
    for (float& x : buffer) x = random.uniform(0.001f, 0.02f);
    return buffer;
}

enum class Scaling { One, Rows, Blocks };

// One product with random operands; what is optional is there or not.
struct S8Problem {
    int m, n, k, lda, ldw, true_rows;
    Scaling scaling;
    int stride;
    bool relu, has_bias, has_residual, has_device_rows;
    Buffer<int8_t> a, w;
    Buffer<float> a_scales, w_scales, bias, residual;
    Buffer<int32_t> device_rows;

    S8Problem(Random& random, int m, int n, int k, Scaling scaling)
        : m(m), n(n), k(k), lda(k + 16 * random.integer(0, 2)), ldw(k + 16 * random.integer(0, 2)), true_rows(random.integer(0, 2) ? m : random.integer(0, m)),
          scaling(scaling), stride(scaling == Scaling::Blocks ? k / 128 + random.integer(0, 1) : scaling == Scaling::Rows), relu(random.integer(0, 1)),
          has_bias(random.integer(0, 3)), has_residual(random.integer(0, 1)), has_device_rows(true_rows < m), a(numbers(random, m * size_t(lda))),
          w(numbers(random, n * size_t(ldw))), a_scales(scales(random, stride ? m * size_t(stride) : 1)), w_scales(scales(random, n)),
          bias(random.normal(n)), residual(random.normal(m * size_t(n))), device_rows(1, true_rows) {}

    GemmS8Params params(void* c, int ldc) {
        GemmS8Params p{};
        p.a = a.data(), p.w = w.data(), p.a_scales = a_scales.data(), p.w_scales = w_scales.data();
        p.bias = has_bias ? bias.data() : nullptr, p.residual = has_residual ? residual.data() : nullptr;
        p.c = c, p.device_rows = has_device_rows ? device_rows.data() : nullptr;
        p.m = m, p.n = n, p.k = k, p.lda = lda, p.ldw = ldw, p.ldc = ldc, p.ld_residual = n, p.a_scale_stride = stride, p.relu = relu;
        return p;
    }

    int sum(int row, int col, int from, int to) const {
        int total = 0;
        for (int i = from; i < to; i++) total += int(a[row * size_t(lda) + i]) * int(w[col * size_t(ldw) + i]);
        return total;
    }

    // Step by step what the kernel is to do; whole numbers first.
    float expected(int row, int col, bool with_residual) const {
        float x;
        if (scaling == Scaling::Blocks) {
            float total = 0;
            for (int b = 0; b < k / 128; b++) total = fmaf(float(sum(row, col, b * 128, b * 128 + 128)), a_scales[row * size_t(stride) + b], total);
            x = total * w_scales[col];
        } else {
            x = float(sum(row, col, 0, k)) * (a_scales[row * size_t(stride)] * w_scales[col]);
        }
        if (has_bias) x += bias[col];
        if (relu && x < 0) x = 0;
        return with_residual && has_residual ? x + residual[row * size_t(n) + col] : x;
    }

    // C as `launched` leaves it is exact in all that is to be written, and nothing else is written.
    template <class Out>
    void check(const Variant& kernel, int ldc, const std::function<void(const GemmS8Params&)>& launched) {
        Buffer<Out> c(size_t(m) * ldc);
        launched(params(c.data(), ldc));
        for (int row = 0; row < m; row++)
            for (int col = 0; col < ldc; col++) {
                const Out value = c[row * size_t(ldc) + col];
                if (row >= true_rows || col >= n) {
                    CHECK(harness::isPoison(value), "%s: [%d, %d] was written", kernel.name(), row, col);
                    continue;
                }
                const Out wanted = Out(expected(row, col, true));
                CHECK(memcmp(&value, &wanted, sizeof(Out)) == 0, "%s m %d n %d k %d: [%d, %d] = %g, expected %g", kernel.name(), m, n, k, row, col,
                      double(float(value)), double(float(wanted)));
            }
    }

    // The same where C is quantized, by blocks or with the scale that is given.
    void checkQuantized(const Variant& kernel, const float* given, const std::function<void(const GemmS8Params&)>& launched) {
        const int ldc = up128(n), across = ldc / 128;
        Buffer<int8_t> c(size_t(m) * ldc);
        Buffer<float> c_scales(size_t(m) * across);
        GemmS8Params p = params(c.data(), ldc);
        p.residual = nullptr, p.c_scales = given == nullptr ? c_scales.data() : nullptr, p.c_static_scale = given;
        launched(p);
        for (int row = 0; row < m; row++)
            for (int block = 0; block < across; block++) checkBlock(kernel, given, row, block, &c[row * size_t(ldc) + block * 128], c_scales[row * size_t(across) + block]);
    }

private:
    void checkBlock(const Variant& kernel, const float* given, int row, int block, const int8_t* values, float scale) const {
        float exact[128] = {}, most = 0;
        for (int i = 0; i < 128 && row < true_rows && block * 128 + i < n; i++) {
            exact[i] = expected(row, block * 128 + i, false);
            most = fmaxf(most, fabsf(exact[i]));
        }
        const float used = given != nullptr ? *given : most / 127.0f, inverse = used > 0 ? 1.0f / used : 0;
        if (row >= true_rows || given != nullptr) CHECK(harness::isPoison(scale), "%s: a scale of row %d was written", kernel.name(), row);
        else CHECK(scale == used, "%s: scale [%d, %d] = %g, expected %g", kernel.name(), row, block, double(scale), double(used));
        for (int i = 0; i < 128; i++) {
            if (row >= true_rows) {
                CHECK(harness::isPoison(values[i]), "%s: [%d, %d] was written", kernel.name(), row, block * 128 + i);
                continue;
            }
            const int wanted = int(fmaxf(-127, fminf(127, rintf(exact[i] * inverse))));
            CHECK(values[i] == wanted, "%s m %d n %d k %d: [%d, %d] = %d, expected %d", kernel.name(), m, n, k, row, block * 128 + i, values[i], wanted);
        }
    }
};

}  // namespace products
