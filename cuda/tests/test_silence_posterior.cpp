// silence_posterior against double precision.
#include "params/silence_posterior.h"
#include "tests/batch.h"

namespace {

using harness::Buffer;
using harness::Random;

void launch(const Buffer<float>& logits, Buffer<float>& posterior, Buffer<float>* scores, int rows, int cols, int ld, int silence) {
    softcuda::launch("silence_posterior", {batch::blocks(rows, 4)}, {128}, 0,
                     SilencePosteriorParams{logits.data(), posterior.data(), scores == nullptr ? nullptr : scores->data(), rows, cols, ld, silence});
}

TEST(silence_posterior_agrees_with_reference) {
    Random random(31);
    const int sizes[][4] = {{1, 1, 1, 0}, {3, 7, 9, 6}, {5, 32, 32, 31}, {6, 248, 256, 0}, {4, 131, 140, 77}};
    for (const auto& [rows, cols, ld, silence] : sizes) {
        Buffer<float> logits = random.normal(size_t(rows) * ld, 5.0f), posterior(rows), alone(rows), scores(size_t(rows) * cols);
        for (int c = 0; c < cols; c += 5) logits[c] += 1e4f;     // far beyond what exp can hold
        launch(logits, posterior, &scores, rows, cols, ld, silence);
        launch(logits, alone, nullptr, rows, cols, ld, silence);
        for (int row = 0; row < rows; row++) {
            const float* in = logits.data() + size_t(row) * ld;
            double maximum = -INFINITY, sum = 0;
            for (int c = 0; c < cols; c++) maximum = fmax(maximum, in[c]);
            for (int c = 0; c < cols; c++) sum += exp(in[c] - maximum);
            for (int c = 0; c < cols; c++) CHECK_NEAR(scores[size_t(row) * cols + c], exp(in[c] - maximum) / sum, 1e-6);
            CHECK(posterior[row] == scores[size_t(row) * cols + silence]);
            CHECK(alone[row] == posterior[row]);
        }
    }
}

TEST(silence_posterior_row_does_not_depend_on_its_neighbours) {
    Random random(32);
    const int rows = 6, cols = 248;
    Buffer<float> logits = random.normal(rows * cols), together(rows), third(1);
    for (int c = 0; c < cols; c++) logits[cols + c] = NAN;
    launch(logits, together, nullptr, rows, cols, cols, 0);
    Buffer<float> row(std::vector<float>(logits.begin() + 3 * cols, logits.begin() + 4 * cols));
    launch(row, third, nullptr, 1, cols, cols, 0);
    CHECK(third[0] == together[3]);
    CHECK(isnan(together[1]), "a NaN is hidden");
}

}  // namespace
