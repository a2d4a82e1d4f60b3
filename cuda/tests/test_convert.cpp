#include "params/convert.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

template <class From, class To>
void check(const char* kernel, int rows, int trueRows, int cols, int ldInput, int ldOutput) {
    harness::Random random(2);
    const Buffer<From> input = batch::random<From>(random, static_cast<size_t>(rows) * ldInput, 100.0f);
    const Buffer<int32_t> deviceRows(1, trueRows);
    Buffer<To> output(static_cast<size_t>(rows) * ldOutput);
    softcuda::launch(kernel, {batch::blocks(rows, 4)}, {128}, 0,
                     ConvertParams{input.data(), output.data(), trueRows == rows ? nullptr : deviceRows.data(), rows, cols, ldInput, ldOutput});
    for (int r = 0; r < rows; ++r) {
        for (int c = 0; c < ldOutput; ++c) {
            const To actual = output[static_cast<size_t>(r) * ldOutput + c];
            if (r >= trueRows) {
                CHECK(harness::isPoison(actual));
            } else {
                const To expected = c < cols ? static_cast<To>(static_cast<float>(input[static_cast<size_t>(r) * ldInput + c])) : static_cast<To>(0.0f);
                CHECK(memcmp(&actual, &expected, sizeof(To)) == 0);
            }
        }
    }
}

}  // namespace

TEST(convert_shapes) {
    check<float, __half>("convert_f32_f16", 5, 5, 512, 512, 512);
    check<float, __half>("convert_f32_f16", 6, 3, 140, 141, 192);
    check<float, __half>("convert_f32_f16", 2, 0, 3, 3, 3);
    check<__half, float>("convert_f16_f32", 5, 5, 512, 576, 512);
    check<__half, float>("convert_f16_f32", 7, 6, 250, 250, 251);
}
