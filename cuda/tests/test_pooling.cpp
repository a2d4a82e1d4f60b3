// center and stats_pool against double precision.
#include "params/center.h"
#include "params/stats_pool.h"
#include "tests/batch.h"

namespace {

using harness::Buffer;
using harness::Random;

double value(const Buffer<float>& input, int ld, int row, int col) { return input[size_t(row) * ld + col]; }

void center(Buffer<float>& values, const std::vector<int>& lengths, int cols, int ld) {
    const Buffer<int32_t> offsets = batch::offsets(lengths);
    softcuda::launch("center", {batch::blocks(cols, 32), static_cast<unsigned>(lengths.size())}, {256}, 0, CenterParams{values.data(), offsets.data(), cols, ld});
}

Buffer<float> pool(const Buffer<float>& input, const Buffer<float>& scale, const Buffer<float>& shift, const std::vector<int>& lengths, int cols, int ld, int ldOutput) {
    const Buffer<int32_t> offsets = batch::offsets(lengths);
    Buffer<float> output(lengths.size() * ldOutput);
    softcuda::launch("stats_pool", {batch::blocks(cols, 32), static_cast<unsigned>(lengths.size())}, {256}, 0,
                     StatsPoolParams{input.data(), scale.data(), shift.data(), output.data(), offsets.data(), cols, ld, ldOutput});
    return output;
}

TEST(center_agrees_with_reference) {
    Random random(71);
    const std::vector<int> lengths = {7, 0, 1, 700, 64};
    const Buffer<int32_t> offsets = batch::offsets(lengths);
    for (const auto& [cols, ld] : {std::pair{80, 80}, {32, 40}, {1, 3}}) {
        Buffer<float> values = random.normal(size_t(batch::total(offsets)) * ld, 3.0f);
        for (float& x : values) x -= 12.0f;
        const Buffer<float> before = values;
        center(values, lengths, cols, ld);
        for (int row = 0; row < batch::total(offsets); row++) {
            const int b = batch::owner(offsets, row);
            for (int c = 0; c < ld; c++) {
                double mean = 0;
                for (int r = offsets[b]; r < offsets[b + 1]; r++) mean += value(before, ld, r, c) / lengths[b];
                CHECK_NEAR(values[size_t(row) * ld + c], value(before, ld, row, c) - (c < cols ? mean : 0.0), 2e-5);
            }
        }
    }
}

TEST(stats_pool_agrees_with_reference) {
    Random random(72);
    const std::vector<int> lengths = {74, 0, 1, 2, 1300};
    const Buffer<int32_t> offsets = batch::offsets(lengths);
    for (const auto& [cols, ld, ldOutput] : {std::tuple{96, 96, 192}, {37, 40, 128}}) {
        const Buffer<float> input = random.normal(size_t(batch::total(offsets)) * ld), scale = random.normal(cols), shift = random.normal(cols, 3.0f);
        const Buffer<float> output = pool(input, scale, shift, lengths, cols, ld, ldOutput);
        for (size_t b = 0; b < lengths.size(); b++) {
            for (int c = 0; c < cols; c++) {
                double mean = 0, squares = 0;
                const auto x = [&](int row) { return std::max(value(input, ld, row, c) * scale[c] + shift[c], 0.0); };
                for (int row = offsets[b]; row < offsets[b + 1]; row++) mean += x(row) / lengths[b];
                for (int row = offsets[b]; row < offsets[b + 1]; row++) squares += (x(row) - mean) * (x(row) - mean);
                CHECK_NEAR(output[b * ldOutput + c], mean, 1e-5);
                CHECK_NEAR(output[b * ldOutput + cols + c], lengths[b] < 2 ? 0.0 : sqrt(squares / (lengths[b] - 1)), 2e-5);
            }
            for (int c = 2 * cols; c < ldOutput; c++) CHECK(harness::isPoison(output[b * ldOutput + c]));
        }
    }
}

TEST(pooling_of_an_utterance_does_not_depend_on_others) {
    Random random(73);
    const int cols = 40;
    const Buffer<float> input = random.normal(size_t(900) * cols), scale = random.normal(cols), shift = random.normal(cols);
    const Buffer<float> own(std::vector<float>(input.begin() + 100 * cols, input.begin() + 800 * cols));
    const Buffer<float> together = pool(input, scale, shift, {100, 700, 100}, cols, cols, 2 * cols), alone = pool(own, scale, shift, {700}, cols, cols, 2 * cols);
    CHECK(memcmp(together.data() + 2 * cols, alone.data(), alone.size() * sizeof(float)) == 0);
    Buffer<float> all = input, one = own;
    center(all, {100, 700, 100}, cols, cols);
    center(one, {700}, cols, cols);
    CHECK(memcmp(all.data() + 100 * cols, one.data(), one.size() * sizeof(float)) == 0);
}

}  // namespace
