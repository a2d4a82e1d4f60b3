#include "params/lfr_cmvn.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

void check(const std::vector<int>& lengths, int bins, int m, int n, int padding = 0) {
    harness::Random random(9);
    std::vector<int> frames;
    for (const int length : lengths) frames.push_back((length + n - 1) / n);
    const Buffer<int32_t> in = batch::offsets(lengths), out = batch::offsets(frames);
    const int rows = batch::total(out), cols = bins * m;
    const Buffer<float> fbank = random.normal(static_cast<size_t>(batch::total(in)) * bins), shift = random.normal(cols), scale = random.normal(cols);
    const int planned = rows + batch::SPARE, ld = cols + padding;
    Buffer<float> features(static_cast<size_t>(planned) * ld);
    softcuda::launch("lfr_cmvn", {batch::blocks(planned, 4)}, {128}, 0,
                     LfrCmvnParams{fbank.data(), in.data(), out.data(), shift.data(), scale.data(), features.data(), static_cast<int>(lengths.size()), planned, bins, m, n, ld});
    CHECK(batch::untouched(features, static_cast<size_t>(rows) * ld));
    for (int row = 0; row < rows; ++row) {
        const int b = batch::owner(out, row);
        for (int c = 0; c < cols; ++c) {
            int source = (row - out[b]) * n + c / bins - (m - 1) / 2;
            source = std::max(0, std::min(source, lengths[b] - 1));
            const double x = fbank[static_cast<size_t>(in[b] + source) * bins + c % bins];
            CHECK_NEAR(features[static_cast<size_t>(row) * ld + c], (x + shift[c]) * scale[c], 1e-5);
        }
        for (int c = cols; c < ld; ++c) CHECK(features[static_cast<size_t>(row) * ld + c] == 0.0f, "padding column %d", c);
    }
}

}  // namespace

TEST(lfr_cmvn_recognition) { check({1, 6, 7, 0, 40, 3}, 80, 7, 6); }
TEST(lfr_cmvn_voice_activity) { check({1, 2, 30}, 80, 5, 1); }
TEST(lfr_cmvn_other_bins) { check({11, 13}, 23, 3, 4); }
TEST(lfr_cmvn_pads_with_zeros) { check({1, 2, 30}, 80, 5, 1, 48); }
