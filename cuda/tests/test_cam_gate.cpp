// segment_sum and cam_gate, which are CAM++'s context-aware mask together.
#include "params/cam_gate.h"
#include "params/segment_sum.h"
#include "tests/batch.h"

namespace {

using harness::Buffer;
using harness::Random;

constexpr int SEGMENT = 10;

struct Mask {
    Buffer<float> sums, gate;
};

struct Weights {
    int channels, hidden, outputs;
    Buffer<float> weight1, bias1, weight2, bias2;
    Weights(Random& random, int c, int h, int o)
        : channels(c), hidden(h), outputs(o), weight1(random.normal(size_t(c) * h, 0.1f)), bias1(random.normal(h)), weight2(random.normal(size_t(h) * o, 0.1f)),
          bias2(random.normal(o)) {}
};

std::vector<int> segments(const std::vector<int>& lengths) {
    std::vector<int> result;
    for (int length : lengths) result.push_back((length + SEGMENT - 1) / SEGMENT);
    return result;
}

Mask run(const std::vector<int>& lengths, const Buffer<float>& input, int ld, const Weights& w) {
    const Buffer<int32_t> offsets = batch::offsets(lengths), cuts = batch::offsets(segments(lengths));
    const int count = batch::total(cuts), planned = count + 3, batches = static_cast<int>(lengths.size());
    Mask mask{Buffer<float>(size_t(planned) * w.channels), Buffer<float>(size_t(planned) * w.outputs)};
    softcuda::launch("segment_sum", {static_cast<unsigned>(planned)}, {128}, 0,
                     SegmentSumParams{input.data(), mask.sums.data(), offsets.data(), cuts.data(), batches, planned, w.channels, ld, SEGMENT});
    softcuda::launch("cam_gate", {static_cast<unsigned>(planned)}, {128}, 0,
                     CamGateParams{mask.sums.data(), w.weight1.data(), w.bias1.data(), w.weight2.data(), w.bias2.data(), mask.gate.data(), offsets.data(),
                                   cuts.data(), batches, planned, w.channels, w.hidden, w.outputs, SEGMENT});
    CHECK(batch::untouched(mask.sums, size_t(count) * w.channels));
    CHECK(batch::untouched(mask.gate, size_t(count) * w.outputs));
    return mask;
}

double mean(const Buffer<float>& input, int ld, int channel, int first, int end) {
    double sum = 0;
    for (int row = first; row < end; row++) sum += input[size_t(row) * ld + channel];
    return sum / (end - first);
}

TEST(cam_gate_agrees_with_reference) {
    Random random(61);
    const int sizes[][3] = {{128, 64, 32}, {32, 16, 32}, {512, 256, 160}, {5, 3, 1}};
    for (const auto& [channels, hidden, outputs] : sizes) {
        const Weights w(random, channels, hidden, outputs);
        const std::vector<int> lengths = {23, 0, 10, 1, 31};
        const int ld = channels + 4;
        const Buffer<float> input = random.normal(size_t(65) * ld);
        const Mask mask = run(lengths, input, ld, w);
        const Buffer<int32_t> offsets = batch::offsets(lengths), cuts = batch::offsets(segments(lengths));
        for (int segment = 0; segment < batch::total(cuts); segment++) {
            const int b = batch::owner(cuts, segment);
            const int first = offsets[b] + (segment - cuts[b]) * SEGMENT, end = std::min(first + SEGMENT, offsets[b + 1]);
            std::vector<double> context, inner;
            for (int c = 0; c < channels; c++) {
                CHECK_NEAR(mask.sums[size_t(segment) * channels + c], mean(input, ld, c, first, end) * (end - first), 1e-5);
                context.push_back(mean(input, ld, c, offsets[b], offsets[b + 1]) + mean(input, ld, c, first, end));
            }
            for (int h = 0; h < hidden; h++) {
                double sum = w.bias1[h];
                for (int c = 0; c < channels; c++) sum += context[c] * w.weight1[size_t(c) * hidden + h];
                inner.push_back(std::max(sum, 0.0));
            }
            for (int o = 0; o < outputs; o++) {
                double sum = w.bias2[o];
                for (int h = 0; h < hidden; h++) sum += inner[h] * w.weight2[size_t(h) * outputs + o];
                CHECK_NEAR(mask.gate[size_t(segment) * outputs + o], 1 / (1 + exp(-sum)), 1e-5);
            }
        }
    }
}

TEST(cam_gate_of_an_utterance_does_not_depend_on_others) {
    Random random(62);
    const Weights w(random, 64, 32, 32);
    const Buffer<float> input = random.normal(size_t(60) * 64);
    const Mask together = run({15, 40, 5}, input, 64, w);
    const Buffer<float> own(std::vector<float>(input.begin() + 15 * 64, input.begin() + 55 * 64));
    const Mask alone = run({40}, own, 64, w);
    CHECK(memcmp(together.gate.data() + 2 * 32, alone.gate.data(), 4 * 32 * sizeof(float)) == 0);
}

}  // namespace
