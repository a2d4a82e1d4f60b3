#include "params/layer_norm.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

struct Shape {
    int rows, trueRows, cols, ldInput, ldF16, ldF32;
    float mean;
};

template <class T>
void run(const char* kernel, const Shape& s, const Buffer<T>& input, const Buffer<float>& gamma, const Buffer<float>& beta, Buffer<__half>* f16, Buffer<float>* f32) {
    const Buffer<int32_t> deviceRows(1, s.trueRows);
    LayerNormParams p{};
    p.input = input.data();
    p.gamma = gamma.data();
    p.beta = beta.data();
    p.output_f16 = f16 ? f16->data() : nullptr;
    p.output_f32 = f32 ? f32->data() : nullptr;
    p.device_rows = s.trueRows == s.rows ? nullptr : deviceRows.data();
    p.rows = s.rows;
    p.cols = s.cols;
    p.ld_input = s.ldInput;
    p.ld_f16 = s.ldF16;
    p.ld_f32 = s.ldF32;
    p.epsilon = 1e-12f;
    softcuda::launch(kernel, {batch::blocks(s.rows, 4)}, {128}, 0, p);
}

template <class T>
void check(const char* kernel, const Shape& s) {
    harness::Random random(static_cast<uint64_t>(s.cols));
    Buffer<T> input(static_cast<size_t>(s.rows) * s.ldInput);
    for (T& x : input) x = static_cast<T>(s.mean + random.gauss());
    const Buffer<float> gamma = random.normal(s.cols), beta = random.normal(s.cols);
    Buffer<__half> f16(static_cast<size_t>(s.rows) * s.ldF16);
    Buffer<float> f32(static_cast<size_t>(s.rows) * s.ldF32);
    run(kernel, s, input, gamma, beta, &f16, &f32);

    for (int r = 0; r < s.trueRows; ++r) {
        double mean = 0, variance = 0;
        const size_t in = static_cast<size_t>(r) * s.ldInput;
        for (int c = 0; c < s.cols; ++c) mean += batch::value(input, in + c) / s.cols;
        for (int c = 0; c < s.cols; ++c) variance += pow(batch::value(input, in + c) - mean, 2) / s.cols;
        for (int c = 0; c < s.ldF32; ++c) {
            const double expected = c < s.cols ? (batch::value(input, in + c) - mean) / sqrt(variance + 1e-12) * gamma[c] + beta[c] : 0.0;
            CHECK_NEAR(f32[static_cast<size_t>(r) * s.ldF32 + c], expected, 1e-5 * (1 + fabs(expected)) * (1 + fabs(s.mean)));
        }
        for (int c = 0; c < s.ldF16; ++c) {
            const double expected = c < s.cols ? static_cast<double>(f32[static_cast<size_t>(r) * s.ldF32 + c]) : 0.0;
            CHECK_NEAR(static_cast<float>(f16[static_cast<size_t>(r) * s.ldF16 + c]), expected, 5e-4 * (1e-3 + fabs(expected)));
        }
    }
    for (size_t i = static_cast<size_t>(s.trueRows) * s.ldF32; i < f32.size(); ++i) CHECK(harness::isPoison(f32[i]));
    for (size_t i = static_cast<size_t>(s.trueRows) * s.ldF16; i < f16.size(); ++i) CHECK(harness::isPoison(f16[i]));
}

}  // namespace

TEST(layer_norm_shapes) {
    for (const Shape& s : {Shape{5, 5, 512, 512, 512, 512, 0}, Shape{3, 2, 560, 560, 576, 560, 1}, Shape{9, 9, 140, 140, 192, 141, 0}, Shape{2, 2, 1, 3, 64, 1, 0},
                           Shape{4, 1, 250, 251, 256, 250, 0}, Shape{2, 2, 2048, 2048, 2048, 2048, 0}, Shape{1, 1, 8192, 8192, 8192, 8192, 0},
                           Shape{1, 1, 643, 644, 704, 643, 0}}) {
        check<float>("layer_norm_f32", s);
        check<__half>("layer_norm_f16", s);
    }
}

TEST(layer_norm_far_from_zero) { check<float>("layer_norm_f32", {3, 3, 512, 512, 512, 512, 1000}); }

TEST(layer_norm_constant_row_gives_beta) {
    const Buffer<float> input(512, 3.5f), gamma(512, 2.0f), beta(512, 0.25f);
    Buffer<float> output(512);
    run("layer_norm_f32", {1, 1, 512, 512, 0, 512, 0}, input, gamma, beta, nullptr, &output);
    for (const float y : output) CHECK(y == 0.25f);
}

TEST(layer_norm_row_does_not_depend_on_others) {
    harness::Random random(5);
    Buffer<float> input = random.normal(7 * 560), gamma = random.normal(560), beta = random.normal(560), together(7 * 560), alone(560);
    run("layer_norm_f32", {7, 7, 560, 560, 0, 560, 0}, input, gamma, beta, nullptr, &together);
    Buffer<float> row(560);
    for (int c = 0; c < 560; ++c) row[c] = input[6 * 560 + c];
    run("layer_norm_f32", {1, 1, 560, 560, 0, 560, 0}, row, gamma, beta, nullptr, &alone);
    CHECK(memcmp(alone.data(), together.data() + 6 * 560, 560 * sizeof(float)) == 0);
}

TEST(layer_norm_in_place) {
    harness::Random random(6);
    Buffer<float> input = random.normal(2 * 2048), gamma = random.normal(2048), beta = random.normal(2048), apart(2 * 2048);
    run("layer_norm_f32", {2, 2, 2048, 2048, 0, 2048, 0}, input, gamma, beta, nullptr, &apart);
    run("layer_norm_f32", {2, 2, 2048, 2048, 0, 2048, 0}, input, gamma, beta, nullptr, &input);
    CHECK(input.sameBits(apart));
}
