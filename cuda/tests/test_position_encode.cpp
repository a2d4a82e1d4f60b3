#include <cstring>
#include "params/position_encode.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

void check(const std::vector<int>& lengths, int cols, float scale) {
    harness::Random random(8);
    const Buffer<int32_t> offsets = batch::offsets(lengths);
    const int rows = batch::total(offsets), half = cols / 2;
    const Buffer<float> input = random.normal(static_cast<size_t>(rows) * cols);
    Buffer<float> output(static_cast<size_t>(rows + batch::SPARE) * cols);
    PositionEncodeParams p{input.data(), output.data(), offsets.data(), static_cast<int>(lengths.size()), rows + batch::SPARE, cols, scale};
    softcuda::launch("position_encode", {batch::blocks(p.rows, 8)}, {128}, 0, p);
    CHECK(batch::untouched(output, input.size()));
    const float increment = logf(10000.0f) / static_cast<float>(half - 1);
    int b = 0;
    for (int row = 0; row < rows; ++row) {
        while (offsets[b + 1] <= row) ++b;
        const float position = static_cast<float>(row - offsets[b] + 1);
        for (int i = 0; i < half; ++i) {
            // rounded to fp32 where FunASR rounds, exact otherwise
            const float argument = position * static_cast<float>(exp(static_cast<double>(-increment * static_cast<float>(i))));
            const size_t at = static_cast<size_t>(row) * cols + i;
            CHECK_NEAR(output[at], static_cast<double>(input[at]) * scale + sin(static_cast<double>(argument)), 2e-6 * scale);
            CHECK_NEAR(output[at + half], static_cast<double>(input[at + half]) * scale + cos(static_cast<double>(argument)), 2e-6 * scale);
        }
    }
    Buffer<float> inPlace = input;
    p.rows = rows;
    p.input = p.output = inPlace.data();
    softcuda::launch("position_encode", {batch::blocks(rows, 8)}, {128}, 0, p);
    CHECK(std::memcmp(inPlace.data(), output.data(), inPlace.size() * sizeof(float)) == 0);
}

}  // namespace

TEST(position_encode_features) { check({3, 0, 1, 12}, 560, sqrtf(512.0f)); }
TEST(position_encode_an_hour) { check({7, 60000}, 4, 1.0f); }
TEST(position_encode_odd_half) { check({2, 5}, 10, 2.0f); }
