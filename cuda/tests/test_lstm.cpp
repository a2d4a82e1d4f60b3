#include "params/lstm.h"
#include "params/upsampled_alpha.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

double sigmoid(double x) { return 1 / (1 + exp(-x)); }

// A layer's input products, weights and biases, and its output on the device.
template <class T>
struct Layer {
    int hidden, reverse, repeat, ldGates, ldWeight, ldOutput;
    Buffer<int32_t> offsets;
    Buffer<T> gates, weight;
    Buffer<float> bias;
    Buffer<T> output;

    Layer(uint64_t seed, int hidden, int reverse, int repeat, const std::vector<int>& lengths)
        : hidden(hidden), reverse(reverse), repeat(repeat), ldGates(4 * hidden + 3), ldWeight((4 * hidden + 63) / 64 * 64), ldOutput(hidden + 5),
          offsets(batch::offsets(lengths)), gates(0), weight(0), bias(0), output(static_cast<size_t>(steps()) * ldOutput) {
        harness::Random random(seed);
        gates = batch::random<T>(random, static_cast<size_t>(steps()) * ldGates);
        weight = batch::random<T>(random, static_cast<size_t>(hidden) * ldWeight, 1 / sqrtf(static_cast<float>(hidden)));
        bias = random.normal(4 * hidden, 0.3f);
    }

    int steps() const { return repeat * batch::total(offsets); }

    void launch(T* target, int ld) {
        constexpr unsigned threads = 512;
        const size_t shares = threads / static_cast<size_t>(hidden);
        const size_t shared = (static_cast<size_t>(hidden + 3) / 4 * 4 + shares * 4 * static_cast<size_t>(hidden)) * sizeof(float);
        softcuda::launch(sizeof(T) == 4 ? "lstm_f32" : "lstm_f16", {static_cast<unsigned>(offsets.size() - 1)}, {threads}, shared,
                         LstmParams{gates.data(), weight.data(), bias.data(), target, offsets.data(), repeat, reverse, hidden, ldGates, ldWeight, ld});
    }
    void launch() { launch(output.data(), ldOutput); }

    // One sequence in fp64.
    std::vector<double> expected(int first, int count) const {
        std::vector<double> state(hidden, 0.0), cell(hidden, 0.0), all(static_cast<size_t>(count) * hidden);
        for (int i = 0; i < count; ++i) {
            const int row = first + (reverse ? count - 1 - i : i);
            std::vector<double> gate(4 * static_cast<size_t>(hidden));
            for (int g = 0; g < 4 * hidden; ++g) {
                gate[g] = batch::value(gates, static_cast<size_t>(row) * ldGates + g) + bias[g];
                for (int k = 0; k < hidden; ++k) gate[g] += state[k] * batch::value(weight, static_cast<size_t>(k) * ldWeight + g);
            }
            for (int u = 0; u < hidden; ++u) {
                cell[u] = sigmoid(gate[hidden + u]) * cell[u] + sigmoid(gate[u]) * tanh(gate[2 * hidden + u]);
                state[u] = sigmoid(gate[3 * hidden + u]) * tanh(cell[u]);
                all[static_cast<size_t>(row - first) * hidden + u] = state[u];
            }
        }
        return all;
    }
};

template <class T>
void check(int hidden, int reverse, int repeat, const std::vector<int>& lengths, double tolerance) {
    Layer<T> layer(7, hidden, reverse, repeat, lengths);
    layer.launch();
    for (size_t b = 0; b + 1 < layer.offsets.size(); ++b) {
        const int first = repeat * layer.offsets[b], count = repeat * layer.offsets[b + 1] - first;
        const std::vector<double> expected = layer.expected(first, count);
        for (int i = 0; i < count; ++i) {
            for (int u = 0; u < hidden; ++u) {
                CHECK_NEAR(batch::value(layer.output, static_cast<size_t>(first + i) * layer.ldOutput + u), expected[static_cast<size_t>(i) * hidden + u], tolerance);
            }
        }
    }
    for (int row = 0; row < layer.steps(); ++row) {
        for (int c = hidden; c < layer.ldOutput; ++c) CHECK(harness::isPoison(layer.output[static_cast<size_t>(row) * layer.ldOutput + c]));
    }
    // In the place of its gates, of which only the first is overwritten.
    const Buffer<T> apart = layer.output, gates = layer.gates;
    layer.launch(layer.gates.data(), layer.ldGates);
    for (int row = 0; row < layer.steps(); ++row) {
        const size_t at = static_cast<size_t>(row) * layer.ldGates;
        CHECK(memcmp(&layer.gates[at], &apart[static_cast<size_t>(row) * layer.ldOutput], hidden * sizeof(T)) == 0);
        CHECK(memcmp(&layer.gates[at + hidden], &gates[at + hidden], (layer.ldGates - hidden) * sizeof(T)) == 0);
    }
}

}  // namespace

TEST(lstm_forward) {
    check<float>(128, 0, 1, {1, 4, 0, 2}, 2e-6);
    check<float>(6, 0, 1, {3, 9}, 2e-6);
    check<float>(510, 0, 1, {2}, 4e-6);
}

TEST(lstm_in_reverse) {
    check<float>(128, 1, 3, {3, 0, 5}, 2e-6);
    check<float>(30, 1, 2, {7, 1}, 2e-6);
}

TEST(lstm_in_half_precision) {
    check<__half>(128, 1, 3, {2, 3}, 2e-3);
    check<__half>(64, 0, 1, {5}, 2e-3);
}

// A sequence gives the same bits alone and among others.
TEST(lstm_does_not_depend_on_others) {
    Layer<float> together(9, 64, 1, 3, {2, 4, 3});
    together.launch();
    Layer<float> alone(1, 64, 1, 3, {4});
    alone.weight = together.weight;
    alone.bias = together.bias;
    for (size_t i = 0; i < alone.gates.size(); ++i) alone.gates[i] = together.gates[i + static_cast<size_t>(6) * together.ldGates];
    alone.launch();
    CHECK(memcmp(alone.output.data(), together.output.data() + static_cast<size_t>(6) * together.ldOutput, 12 * static_cast<size_t>(alone.ldOutput) * sizeof(float)) == 0);
}

namespace {

template <class T>
void checkAlphas(int cols) {
    harness::Random random(4);
    const int frames = 5, repeat = 3, rows = repeat * frames, ld = cols + 2;
    const Buffer<T> hidden = batch::random<T>(random, static_cast<size_t>(rows) * ld), other = batch::random<T>(random, static_cast<size_t>(rows) * ld);
    const Buffer<float> weight = random.normal(2 * static_cast<size_t>(cols), 0.4f), bias(1, 0.1f);
    const Buffer<int32_t> count(1, frames);
    Buffer<float> alphas(static_cast<size_t>(rows) + batch::SPARE);
    const char* kernel = sizeof(T) == 4 ? "upsampled_alpha_f32" : "upsampled_alpha_f16";
    const unsigned blocks = batch::blocks(rows + batch::SPARE, 4);
    const int room = rows + batch::SPARE;
    softcuda::launch(kernel, {blocks}, {128}, 0, UpsampledAlphaParams{other.data(), weight.data(), nullptr, alphas.data(), count.data(), repeat, room, cols, ld, 0, 0});
    softcuda::launch(kernel, {blocks}, {128}, 0,
                     UpsampledAlphaParams{hidden.data(), weight.data() + cols, bias.data(), alphas.data(), count.data(), repeat, room, cols, ld, 0.25f, 0.01f});
    CHECK(batch::untouched(alphas, static_cast<size_t>(rows)));
    for (int r = 0; r < rows; ++r) {
        double logit = bias[0];
        for (int c = 0; c < cols; ++c) {
            const size_t at = static_cast<size_t>(r) * ld + c;
            logit += batch::value(other, at) * weight[c] + batch::value(hidden, at) * weight[cols + c];
        }
        CHECK_NEAR(alphas[r], std::max(0.0, 0.25 * sigmoid(logit) - 0.01), 1e-6);
    }
}

}  // namespace

TEST(upsampled_alpha_weights) {
    checkAlphas<float>(128);
    checkAlphas<float>(30);
    checkAlphas<__half>(128);
}
