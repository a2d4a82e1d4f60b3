#include "params/scale_relu.h"
#include "tests/batch.h"

namespace {

using harness::Buffer;
using harness::Random;

TEST(scale_relu_agrees_with_reference) {
    Random random(51);
    const int sizes[][4] = {{1, 1, 1, 64}, {5, 160, 224, 192}, {3, 33, 35, 64}, {9, 128, 128, 128}, {2, 130, 132, 130}};
    for (const auto& [rows, cols, ldInput, ldOutput] : sizes) {
        for (int known : {rows, rows - 1}) {
            const Buffer<float> input = random.normal(size_t(rows) * ldInput), scale = random.normal(cols), shift = random.normal(cols);
            Buffer<float> output(size_t(rows) * ldOutput);
            const Buffer<int32_t> count(1, known);
            softcuda::launch("scale_relu", {batch::blocks(rows, 4)}, {128}, 0,
                             ScaleReluParams{input.data(), scale.data(), shift.data(), output.data(), count.data(), rows, cols, ldInput, ldOutput});
            for (int row = 0; row < known; row++) {
                for (int c = 0; c < ldOutput; c++) {
                    const double x = c < cols ? static_cast<double>(input[size_t(row) * ldInput + c]) * scale[c] + shift[c] : 0.0;
                    CHECK_NEAR(output[size_t(row) * ldOutput + c], std::max(x, 0.0), 1e-5);
                }
            }
            CHECK(batch::untouched(output, size_t(known) * ldOutput));
        }
    }
}

}  // namespace
