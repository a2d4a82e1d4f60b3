#include "params/fsmn.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

struct Shape {
    std::vector<int> lengths;
    int spareRows, channels, ldInput, kernelSize, left;
    bool residual;
};

template <class T>
void run(const char* kernel, const Shape& s, const Buffer<T>& input, const Buffer<float>& weight, const Buffer<float>* residual, Buffer<float>& output) {
    const Buffer<int32_t> offsets = batch::offsets(s.lengths);
    const int rows = batch::total(offsets) + s.spareRows;
    FsmnParams p{};
    p.input = input.data();
    p.weight = weight.data();
    p.residual = residual ? residual->data() : nullptr;
    p.output = output.data();
    p.offsets = offsets.data();
    p.batch = static_cast<int>(s.lengths.size());
    p.channels = s.channels;
    p.ld_input = s.ldInput;
    p.kernel_size = s.kernelSize;
    p.left = s.left;
    const unsigned threads = 32 * std::min(4u, batch::blocks(s.channels, 128));
    softcuda::launch(kernel, {static_cast<unsigned>(rows / 8 + p.batch)}, {threads}, 0, p);
}

template <class T>
void check(const char* kernel, const Shape& s) {
    harness::Random random(static_cast<uint64_t>(s.channels + s.kernelSize));
    const Buffer<int32_t> offsets = batch::offsets(s.lengths);
    const int trueRows = batch::total(offsets), rows = trueRows + s.spareRows;
    const Buffer<T> input = batch::random<T>(random, static_cast<size_t>(rows) * s.ldInput);
    const Buffer<float> weight = random.normal(static_cast<size_t>(s.kernelSize) * s.channels);
    const Buffer<float> residual = random.normal(static_cast<size_t>(rows) * s.channels);
    Buffer<float> output(static_cast<size_t>(rows) * s.channels);
    run(kernel, s, input, weight, s.residual ? &residual : nullptr, output);

    std::vector<double> expected(static_cast<size_t>(trueRows) * s.channels);
    for (int t = 0; t < trueRows; ++t) {
        const int b = batch::owner(offsets, t);
        for (int c = 0; c < s.channels; ++c) {
            const size_t at = static_cast<size_t>(t) * s.channels + c;
            double sum = batch::value(input, static_cast<size_t>(t) * s.ldInput + c) + (s.residual ? residual[at] : 0.0f);
            for (int j = 0; j < s.kernelSize; ++j) {
                const int source = t + j - s.left;
                if (source < offsets[b] || source >= offsets[b + 1]) continue;
                sum += static_cast<double>(weight[static_cast<size_t>(j) * s.channels + c]) * batch::value(input, static_cast<size_t>(source) * s.ldInput + c);
            }
            expected[at] = sum;
        }
    }
    CHECK(harness::relativeError(output.data(), expected.data(), expected.size()) < 1e-6);
    for (size_t i = expected.size(); i < output.size(); ++i) CHECK(harness::isPoison(output[i]));

    if (!s.residual) return;    // the residual may be the output itself
    Buffer<float> inPlace = residual;
    run(kernel, s, input, weight, &inPlace, inPlace);
    CHECK(memcmp(inPlace.data(), output.data(), expected.size() * sizeof(float)) == 0);
}

}  // namespace

TEST(fsmn_shapes) {
    for (const Shape& s : {Shape{{7, 0, 1, 8, 9, 33}, 0, 128, 384, 11, 5, true}, Shape{{17, 3}, 11, 132, 132, 11, 5, false}, Shape{{5, 20}, 5, 6, 7, 21, 10, true},
                           Shape{{40}, 0, 520, 520, 20, 19, false}, Shape{{0, 0, 3, 0}, 2, 4, 4, 1, 0, true}, Shape{{50, 1}, 0, 33, 40, 32, 31, false},
                           Shape{{0, 0}, 9, 8, 8, 11, 5, false}}) {
        check<float>("fsmn_f32", s);
        check<__half>("fsmn_f16", s);
    }
}

TEST(fsmn_utterance_does_not_depend_on_others) {
    harness::Random random(3);
    const int channels = 64;
    const Buffer<float> input = random.normal(30 * channels), weight = random.normal(11 * channels);
    Buffer<float> together(30 * channels), alone(19 * channels), own(19 * channels);
    run("fsmn_f32", {{5, 19, 6}, 0, channels, channels, 11, 5, false}, input, weight, nullptr, together);
    for (int i = 0; i < 19 * channels; ++i) own[i] = input[5 * channels + i];
    run("fsmn_f32", {{19}, 0, channels, channels, 11, 5, false}, own, weight, nullptr, alone);
    CHECK(memcmp(alone.data(), together.data() + 5 * channels, 19 * channels * sizeof(float)) == 0);
}
