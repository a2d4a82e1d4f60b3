// fsmn_norm against its formula in double precision, and against fsmn with layer_norm behind it.
#include "params/fsmn.h"
#include "params/fsmn_norm.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

struct Shape {
    std::vector<int> lengths;
    int spareRows, channels, ldInput, ldNorm, kernelSize, left;
};

constexpr float EPSILON = 1e-5f;

template <class T, class Out>
void run(const char* kernel, const Shape& s, const Buffer<T>& input, const Buffer<float>& weight, const Buffer<float>& gamma, const Buffer<float>& beta,
         Buffer<float>& x, Buffer<Out>& norm) {
    const Buffer<int32_t> offsets = batch::offsets(s.lengths);
    const int rows = batch::total(offsets) + s.spareRows, utterances = static_cast<int>(s.lengths.size());
    softcuda::launch(kernel, {static_cast<unsigned>(rows / 8 + utterances)}, {32 * batch::blocks(s.channels, 128)}, 0,
                     FsmnNormParams{input.data(), weight.data(), x.data(), gamma.data(), beta.data(), norm.data(), offsets.data(), utterances, s.channels,
                                    s.ldInput, s.ldNorm, s.kernelSize, s.left, EPSILON});
}

template <class T, class Out>
void check(const char* kernel, const Shape& s) {
    harness::Random random(static_cast<uint64_t>(s.channels + s.kernelSize));
    const Buffer<int32_t> offsets = batch::offsets(s.lengths);
    const int trueRows = batch::total(offsets), rows = trueRows + s.spareRows;
    const size_t d = static_cast<size_t>(s.channels);
    const Buffer<T> input = batch::random<T>(random, static_cast<size_t>(rows) * s.ldInput);
    const Buffer<float> weight = random.normal(s.kernelSize * d), gamma = random.normal(d), beta = random.normal(d);
    const Buffer<float> before = random.normal(rows * d);
    Buffer<float> x = before;
    Buffer<Out> norm(static_cast<size_t>(rows) * s.ldNorm);
    run(kernel, s, input, weight, gamma, beta, x, norm);

    // The memory is fsmn's to the bit.
    Buffer<float> memory = before;
    softcuda::launch(sizeof(T) == 2 ? "fsmn_f16" : "fsmn_f32", {static_cast<unsigned>(rows / 8 + s.lengths.size())}, {32}, 0,
                     FsmnParams{input.data(), weight.data(), memory.data(), memory.data(), offsets.data(), static_cast<int>(s.lengths.size()),
                                s.channels, s.ldInput, s.kernelSize, s.left});
    CHECK(x.sameBits(memory), "%s with %d channels", kernel, s.channels);

    const double rounding = sizeof(Out) == 2 ? 1.0 / 1024 : 2e-5;
    for (int t = 0; t < rows; ++t) {
        double mean = 0, variance = 0;
        for (size_t c = 0; c < d; ++c) mean += x[t * d + c] / double(d);
        for (size_t c = 0; c < d; ++c) variance += (x[t * d + c] - mean) * (x[t * d + c] - mean) / double(d);
        for (int c = 0; c < s.ldNorm; ++c) {
            const Out value = norm[static_cast<size_t>(t) * s.ldNorm + c];
            if (t >= trueRows) {
                CHECK(harness::isPoison(value), "row %d was written", t);
                continue;
            }
            const double expected = c < s.channels ? (x[t * d + c] - mean) / sqrt(variance + EPSILON) * gamma[c] + beta[c] : 0.0;
            CHECK_NEAR(static_cast<float>(value), expected, rounding * (fabs(expected) + 1) * (s.channels == 1 ? 100 : 1));
        }
    }
}

}  // namespace

TEST(fsmn_norm_shapes) {
    for (const Shape& s : {Shape{{7, 0, 1, 8, 9, 33}, 0, 128, 384, 128, 11, 5}, Shape{{17, 3}, 11, 132, 132, 192, 11, 5}, Shape{{5, 20}, 5, 6, 7, 64, 21, 10},
                           Shape{{40}, 0, 520, 520, 576, 20, 19}, Shape{{0, 0, 3, 0}, 2, 4, 4, 64, 1, 0}, Shape{{5, 1}, 0, 1024, 1024, 1024, 11, 5},
                           Shape{{0, 0}, 9, 8, 8, 64, 11, 5}, Shape{{9}, 0, 33, 40, 35, 32, 31}}) {
        check<float, float>("fsmn_norm_f32_f32", s);
        check<float, __half>("fsmn_norm_f32_f16", s);
        check<__half, __half>("fsmn_norm_f16_f16", s);
    }
}

TEST(fsmn_norm_utterance_does_not_depend_on_others) {
    harness::Random random(3);
    const int d = 64;
    const Buffer<float> input = random.normal(30 * d), weight = random.normal(11 * d), gamma = random.normal(d), beta = random.normal(d), x = random.normal(30 * d);
    Buffer<float> together = x, alone(19 * d), own(19 * d), norm(30 * d), normAlone(19 * d);
    run("fsmn_norm_f32_f32", {{5, 19, 6}, 0, d, d, d, 11, 5}, input, weight, gamma, beta, together, norm);
    for (int i = 0; i < 19 * d; ++i) own[i] = input[5 * d + i], alone[i] = x[5 * d + i];
    run("fsmn_norm_f32_f32", {{19}, 0, d, d, d, 11, 5}, own, weight, gamma, beta, alone, normAlone);
    CHECK(memcmp(alone.data(), together.data() + 5 * d, 19 * d * sizeof(float)) == 0);
    CHECK(memcmp(normAlone.data(), norm.data() + 5 * d, 19 * d * sizeof(float)) == 0);
}
