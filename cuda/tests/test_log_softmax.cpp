// log_softmax against double precision.
#include "params/log_softmax.h"
#include "tests/harness.h"

namespace {

using harness::Buffer;
using harness::Random;

void launch(const Buffer<float>& input, Buffer<float>& output, const int32_t* device_rows, int rows, int cols, int ld) {
    softcuda::launch("log_softmax", {unsigned(rows)}, {128}, 0, LogSoftmaxParams{input.data(), output.data(), device_rows, rows, cols, ld});
}

TEST(log_softmax_agrees_with_reference) {
    Random random(21);
    const int sizes[][3] = {{1, 1, 1}, {3, 7, 9}, {2, 128, 128}, {5, 131, 140}, {2, 1000, 1000}};
    for (const auto& [rows, cols, ld] : sizes) {
        const int true_rows = rows > 2 ? rows - 1 : rows;
        Buffer<int32_t> device_rows(1, true_rows);
        Buffer<float> input = random.normal(size_t(rows) * ld, 5.0f), output(size_t(rows) * ld);
        for (int c = 0; c < cols; c += 5) input[c] += 1e4f;      // far beyond what exp can hold
        if (cols > 3) input[3] = -INFINITY;
        launch(input, output, rows > 2 ? device_rows.data() : nullptr, rows, cols, ld);
        for (int row = 0; row < rows; row++) {
            const float* in = input.data() + size_t(row) * ld;
            double maximum = -INFINITY, sum = 0;
            for (int c = 0; c < cols; c++) maximum = fmax(maximum, in[c]);
            for (int c = 0; c < cols; c++) sum += exp(in[c] - maximum);
            for (int c = 0; c < ld; c++) {
                const float value = output[size_t(row) * ld + c];
                if (row >= true_rows || c >= cols) {
                    CHECK(harness::isPoison(value), "[%d, %d] was written", row, c);
                } else if (in[c] == -INFINITY) {
                    CHECK(value == -INFINITY);
                } else {
                    const double expected = in[c] - maximum - log(sum);
                    CHECK_NEAR(value, expected, 1e-5 + 3e-7 * fabs(expected));
                }
            }
        }
        Buffer<float> in_place = input;
        launch(in_place, in_place, nullptr, true_rows, cols, ld);
        for (int row = 0; row < true_rows; row++)
            CHECK(memcmp(in_place.data() + size_t(row) * ld, output.data() + size_t(row) * ld, cols * sizeof(float)) == 0, "in place differs");
    }
}

TEST(log_softmax_row_does_not_depend_on_its_neighbours) {
    Random random(22);
    const int rows = 4, cols = 333;
    Buffer<float> input = random.normal(rows * cols), together(rows * cols), alone(cols);
    for (int c = 0; c < cols; c++) input[cols + c] = NAN;
    launch(input, together, nullptr, rows, cols, cols);
    Buffer<float> third(std::vector<float>(input.begin() + 2 * cols, input.begin() + 3 * cols));
    launch(third, alone, nullptr, 1, cols, cols);
    CHECK(memcmp(alone.data(), together.data() + 2 * cols, cols * sizeof(float)) == 0);
    for (int c = 0; c < cols; c++) CHECK(isnan(together[cols + c]), "a NaN is hidden");
}

}  // namespace
