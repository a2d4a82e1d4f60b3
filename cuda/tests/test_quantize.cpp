// quantize, quantize_weight and layer_norm_s8 against the same steps in plain C++, to the bit.
#include "params/layer_norm.h"
#include "params/layer_norm_s8.h"
#include "params/quantize.h"
#include "params/quantize_weight.h"
#include "tests/batch.h"
#include "tests/weight_image.h"

using harness::Buffer;
using harness::Random;

namespace {

int up128(int x) { return (x + 127) / 128 * 128; }

int number(float x, float scale) { return int(fmaxf(-127, fminf(127, rintf(x * (scale > 0 ? 1.0f / scale : 0))))); }

TEST(quantize_f16_by_blocks_and_by_one_scale) {
    Random random(1);
    const int shapes[][3] = {{1, 1, 64}, {5, 128, 128}, {6, 320, 320}, {9, 511, 512}, {4, 130, 131}};
    for (const auto& shape : shapes)
        for (bool fixed : {false, true}) {
            const int rows = shape[0], cols = shape[1], ld = shape[2], ldOut = up128(cols), across = ldOut / 128, trueRows = (rows + 1) / 2;
            Buffer<__half> input = random.normalHalf(size_t(rows) * ld);
            input[0] = __float2half_rn(0.0f);
            const Buffer<float> given(1, 0.013f);
            const Buffer<int32_t> deviceRows(1, trueRows);
            Buffer<int8_t> output(size_t(rows) * ldOut);
            Buffer<float> scales(size_t(rows) * across);
            QuantizeParams p{input.data(), output.data(), fixed ? nullptr : scales.data(), fixed ? given.data() : nullptr, deviceRows.data(), rows, cols, ld, ldOut};
            softcuda::launch("quantize_f16", {batch::blocks(rows, 4), unsigned(across)}, {128}, 0, p);
            for (int r = 0; r < rows; r++)
                for (int b = 0; b < across; b++) {
                    float most = 0;
                    for (int c = b * 128; c < b * 128 + 128 && c < cols; c++) most = fmaxf(most, fabsf(__half2float(input[size_t(r) * ld + c])));
                    const float scale = fixed ? given[0] : most / 127.0f;
                    if (r >= trueRows || fixed) CHECK(harness::isPoison(scales[size_t(r) * across + b]));
                    else CHECK(scales[size_t(r) * across + b] == scale);
                    for (int c = b * 128; c < b * 128 + 128; c++) {
                        const int8_t value = output[size_t(r) * ldOut + c];
                        if (r >= trueRows) CHECK(harness::isPoison(value));
                        else CHECK(value == (c < cols ? number(__half2float(input[size_t(r) * ld + c]), scale) : 0), "[%d, %d] = %d", r, c, value);
                    }
                }
        }
}

TEST(quantize_f16_of_nothing_and_of_a_nan) {
    Buffer<__half> input(256, __float2half_rn(0.0f));
    input[130] = __float2half_rn(nanf(""));
    Buffer<int8_t> output(256);
    Buffer<float> scales(2);
    softcuda::launch("quantize_f16", {1, 2}, {128}, 0, QuantizeParams{input.data(), output.data(), scales.data(), nullptr, nullptr, 1, 256, 256, 256});
    for (int8_t x : output) CHECK(x == 0);
    CHECK(scales[0] == 0 && isnan(scales[1]));
}

// Where column c of a row lies.
size_t place(int row, int c, int n, int ld, int order) {
    const int at = c % 16, interleaved = c / 16 * 16 + at % 8 / 2 * 4 + at / 8 * 2 + at % 2;
    return order == QUANTIZED_TILED ? imageByte(row, c, n, ld) : size_t(row) * ld + (order == QUANTIZED_INTERLEAVED ? interleaved : c);
}

// All rows at once, tiled ones in two pieces as a large weight is loaded.
template <class T>
void launchWeights(const char* kernel, Buffer<T>& source, Buffer<int8_t>& destination, float* scales, int rows, int cols, int ld, int order) {
    const int split = order == QUANTIZED_TILED ? rows / 3 : 0;
    for (const auto& piece : {std::pair(0, split), std::pair(split, rows - split)}) {
        const int first = piece.first, count = piece.second;
        if (count == 0) continue;
        softcuda::launch(kernel, {batch::blocks(count, 4)}, {128}, 0,
                         QuantizeWeightParams{source.data() + size_t(first) * cols, destination.data(), scales == nullptr ? nullptr : scales + first, count, cols, ld, order,
                                              first, rows});
    }
}

template <class T>
void weights(const char* kernel, int order) {
    Random random(2);
    const int shapes[][2] = {{1, 1}, {3, 64}, {9, 560}, {5, 130}, {300, 260}};
    for (const auto& shape : shapes) {
        const int rows = shape[0], cols = shape[1], ld = up128(cols);
        Buffer<T> source = batch::random<T>(random, size_t(rows) * cols);
        for (int c = 0; c < cols; c++) source[size_t(rows / 2) * cols + c] = T(0.0f);      // a channel without weights
        Buffer<int8_t> destination(size_t(rows) * ld);
        Buffer<float> scales(rows);
        launchWeights(kernel, source, destination, scales.data(), rows, cols, ld, order);
        for (int r = 0; r < rows; r++) {
            float most = 0;
            for (int c = 0; c < cols; c++) most = fmaxf(most, fabsf(float(batch::value(source, size_t(r) * cols + c))));
            CHECK(scales[r] == most / 127.0f);
            for (int c = 0; c < ld; c++) {
                const int wanted = c < cols ? number(float(batch::value(source, size_t(r) * cols + c)), scales[r]) : 0, value = destination[place(r, c, rows, ld, order)];
                CHECK(value == wanted, "%s: [%d, %d] = %d, expected %d", kernel, r, c, value, wanted);
            }
        }
    }
}

const int ORDERS[] = {QUANTIZED_ROWS, QUANTIZED_INTERLEAVED, QUANTIZED_TILED};

TEST(quantize_weight_f32) {
    for (int order : ORDERS) weights<float>("quantize_weight_f32", order);
}
TEST(quantize_weight_f16) {
    for (int order : ORDERS) weights<__half>("quantize_weight_f16", order);
}

TEST(quantize_weight_s8_copies) {
    Random random(3);
    for (int order : ORDERS) {
        const int rows = 133, cols = 139, ld = 256;
        Buffer<int8_t> source(rows * cols), destination(rows * ld);
        for (int8_t& x : source) x = int8_t(random.integer(-127, 127));
        launchWeights("quantize_weight_s8", source, destination, nullptr, rows, cols, ld, order);
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < ld; c++) CHECK(destination[place(r, c, rows, ld, order)] == (c < cols ? source[r * cols + c] : 0));
    }
}

template <class T>
void norm(const char* kernel, const char* plain) {
    Random random(4);
    const int shapes[][2] = {{5, 512}, {3, 560}, {9, 140}, {2, 1}, {2, 2048}, {1, 643}};
    for (const auto& shape : shapes)
        for (bool fixed : {false, true}) {
            const int rows = shape[0], cols = shape[1], ld = up128(cols), trueRows = (rows + 1) / 2;
            const Buffer<T> input = batch::random<T>(random, size_t(rows) * cols);
            const Buffer<float> gamma = random.normal(cols), beta = random.normal(cols), given(1, 0.02f);
            const Buffer<int32_t> deviceRows(1, trueRows);
            Buffer<float> f32(size_t(rows) * cols), wanted(size_t(rows) * cols), scales(rows);
            Buffer<__half> f16(size_t(rows) * ld), wanted16(size_t(rows) * ld);
            Buffer<int8_t> s8(size_t(rows) * ld);
            softcuda::launch(plain, {batch::blocks(rows, 4)}, {128}, 0,
                             LayerNormParams{input.data(), gamma.data(), beta.data(), wanted16.data(), wanted.data(), deviceRows.data(), rows, cols, cols, ld, cols, 1e-12f});
            softcuda::launch(kernel, {batch::blocks(rows, 4)}, {128}, 0,
                             LayerNormS8Params{input.data(), gamma.data(), beta.data(), s8.data(), fixed ? nullptr : scales.data(), fixed ? given.data() : nullptr,
                                               f16.data(), f32.data(), deviceRows.data(), rows, cols, cols, ld, ld, cols, 1e-12f});
            CHECK(f32.sameBits(wanted) && f16.sameBits(wanted16), "%s: the norm is another than layer_norm's", kernel);
            for (int r = 0; r < rows; r++) {
                float most = 0;
                for (int c = 0; c < cols; c++) most = fmaxf(most, fabsf(wanted[size_t(r) * cols + c]));
                const float scale = fixed ? given[0] : most / 127.0f;
                if (r >= trueRows || fixed) CHECK(harness::isPoison(scales[r]));
                else CHECK(scales[r] == scale);
                for (int c = 0; c < ld; c++) {
                    const int8_t value = s8[size_t(r) * ld + c];
                    if (r >= trueRows) CHECK(harness::isPoison(value));
                    else CHECK(value == (c < cols ? number(wanted[size_t(r) * cols + c], scale) : 0), "%s: [%d, %d] = %d", kernel, r, c, value);
                }
            }
        }
}

TEST(layer_norm_s8_f32) { norm<float>("layer_norm_s8_f32", "layer_norm_f32"); }
TEST(layer_norm_s8_f16) { norm<__half>("layer_norm_s8_f16", "layer_norm_f16"); }

}  // namespace
