// conv against double precision.
#include "params/conv.h"
#include "tests/batch.h"

namespace {

using harness::Buffer;
using harness::Random;

struct Shape {
    std::vector<int> lengths;        // input rows
    int fIn, cIn, cOut, tapsT, tapsF, strideT, strideF, dilation;
    bool bias, residual, relu;
    int segmentRows;                 // 0: no gate
    int spare;                       // columns behind those that are written
};

struct Data {
    Buffer<int32_t> inputs, outputs, segments;
    int fOut, ldInput, ldOutput;
    Buffer<float> input, weight, bias, residual, gate;
};

std::vector<int> over(const std::vector<int>& lengths, int by) {
    std::vector<int> result;
    for (int length : lengths) result.push_back((length + by - 1) / by);
    return result;
}

Data data(const Shape& s, uint64_t seed) {
    Random random(seed);
    const std::vector<int> rows = over(s.lengths, s.strideT);
    Data d{batch::offsets(s.lengths), batch::offsets(rows), batch::offsets(over(rows, std::max(s.segmentRows, 1))), (s.fIn + s.strideF - 1) / s.strideF, 0, 0,
           Buffer<float>(0), Buffer<float>(0), Buffer<float>(0), Buffer<float>(0), Buffer<float>(0)};
    d.ldInput = s.fIn * s.cIn + (s.cIn == 1 ? 3 : 8);
    d.ldOutput = d.fOut * s.cOut + s.spare;
    d.input = random.normal(static_cast<size_t>(batch::total(d.inputs)) * d.ldInput);
    d.weight = random.normal(static_cast<size_t>(s.tapsT * s.tapsF) * s.cIn * s.cOut, 0.2f);
    d.bias = random.normal(s.cOut);
    d.residual = random.normal(static_cast<size_t>(batch::total(d.outputs)) * d.ldOutput);
    d.gate = random.normal(static_cast<size_t>(batch::total(d.segments)) * s.cOut);
    return d;
}

// Rows `first` .. `first + rows - 1`, into a buffer that begins with row `outputFirst`.
void launch(const Shape& s, const Data& d, int first, int rows, int outputFirst, Buffer<float>& output) {
    ConvParams p{};
    p.input = d.input.data();
    p.weight = d.weight.data();
    p.bias = s.bias ? d.bias.data() : nullptr;
    p.residual = s.residual ? d.residual.data() + static_cast<size_t>(outputFirst) * d.ldOutput : nullptr;
    p.gate = s.segmentRows ? d.gate.data() : nullptr;
    p.output = output.data();
    p.input_offsets = d.inputs.data();
    p.output_offsets = d.outputs.data();
    p.segment_offsets = d.segments.data();
    p.batch = static_cast<int>(s.lengths.size());
    p.first = first;
    p.rows = rows;
    p.output_first = outputFirst;
    p.ld_input = d.ldInput;
    p.ld_output = d.ldOutput;
    p.f_in = s.fIn;
    p.f_out = d.fOut;
    p.c_in = s.cIn;
    p.c_out = s.cOut;
    p.taps_t = s.tapsT;
    p.taps_f = s.tapsF;
    p.stride_t = s.strideT;
    p.stride_f = s.strideF;
    p.dilation = s.dilation;
    p.segment_rows = s.segmentRows;
    p.relu = s.relu;
    softcuda::launch("conv", {batch::blocks(static_cast<long>(rows) * d.fOut, 128), static_cast<unsigned>(s.cOut / 32)}, {128}, 0, p);
}

double expected(const Shape& s, const Data& d, int row, int f, int co) {
    const int b = batch::owner(d.outputs, row);
    const int centre = d.inputs[b] + (row - d.outputs[b]) * s.strideT;
    double sum = s.bias ? d.bias[co] : 0.0;
    for (int t = 0; t < s.tapsT; t++) {
        const int source = centre + (t - s.tapsT / 2) * s.dilation;
        if (source < d.inputs[b] || source >= d.inputs[b + 1]) continue;
        for (int q = 0; q < s.tapsF; q++) {
            const int at = f * s.strideF + q - s.tapsF / 2;
            if (at < 0 || at >= s.fIn) continue;
            for (int ci = 0; ci < s.cIn; ci++) {
                sum += static_cast<double>(d.input[static_cast<size_t>(source) * d.ldInput + at * s.cIn + ci])
                        * d.weight[(static_cast<size_t>(t * s.tapsF + q) * s.cIn + ci) * s.cOut + co];
            }
        }
    }
    if (s.residual) sum += d.residual[static_cast<size_t>(row) * d.ldOutput + f * s.cOut + co];
    if (s.relu) sum = std::max(sum, 0.0);
    if (s.segmentRows) sum *= d.gate[static_cast<size_t>(d.segments[b] + (row - d.outputs[b]) / s.segmentRows) * s.cOut + co];
    return sum;
}

const Shape SHAPES[] = {
    {{5, 1, 0, 9}, 8, 1, 32, 3, 3, 1, 1, 1, true, false, true, 0, 0},      // the first one of a head
    {{4, 11}, 9, 32, 32, 3, 3, 1, 2, 1, true, false, true, 0, 0},          // every second frequency
    {{7, 2}, 5, 32, 32, 3, 3, 1, 1, 1, true, true, true, 0, 4},            // with a shortcut
    {{6}, 6, 32, 32, 1, 1, 1, 2, 1, true, false, false, 0, 0},             // the shortcut itself
    {{13, 4, 1}, 1, 36, 64, 5, 1, 2, 1, 1, true, false, true, 0, 12},      // every second row
    {{23, 3, 8}, 1, 132, 32, 3, 1, 1, 1, 2, false, false, false, 7, 32},   // dilated, with a gate
    {{0, 0}, 4, 4, 32, 3, 3, 1, 1, 1, false, false, false, 0, 0},
};

TEST(conv_agrees_with_reference) {
    for (const Shape& s : SHAPES) {
        const Data d = data(s, 41);
        const int rows = batch::total(d.outputs);
        Buffer<float> output(static_cast<size_t>(rows + batch::SPARE) * d.ldOutput);
        launch(s, d, 0, rows + batch::SPARE, 0, output);
        for (int row = 0; row < rows; row++) {
            for (int f = 0; f < d.fOut; f++) {
                for (int co = 0; co < s.cOut; co++) CHECK_NEAR(output[static_cast<size_t>(row) * d.ldOutput + f * s.cOut + co], expected(s, d, row, f, co), 2e-4);
            }
            for (int c = d.fOut * s.cOut; c < d.ldOutput; c++) CHECK(harness::isPoison(output[static_cast<size_t>(row) * d.ldOutput + c]));
        }
        CHECK(batch::untouched(output, static_cast<size_t>(rows) * d.ldOutput));
    }
}

TEST(conv_of_some_rows_gives_the_same_bits) {
    for (const Shape& s : SHAPES) {
        const Data d = data(s, 42);
        const int rows = batch::total(d.outputs);
        if (rows < 4) continue;
        Buffer<float> whole(static_cast<size_t>(rows) * d.ldOutput), part(static_cast<size_t>(rows - 1) * d.ldOutput);
        launch(s, d, 0, rows, 0, whole);
        launch(s, d, 2, rows - 3, 1, part);
        CHECK(harness::isPoison(part[0]), "a row before the first was written");
        for (int row = 2; row < rows - 1; row++) {
            CHECK(memcmp(whole.data() + static_cast<size_t>(row) * d.ldOutput, part.data() + static_cast<size_t>(row - 1) * d.ldOutput,
                         static_cast<size_t>(d.fOut) * s.cOut * sizeof(float)) == 0);
        }
        CHECK(batch::untouched(part, static_cast<size_t>(rows - 2) * d.ldOutput));
    }
}

TEST(conv_of_an_utterance_does_not_depend_on_others) {
    for (const Shape& s : SHAPES) {
        const Data d = data(s, 43);
        Shape last = s;
        last.lengths = {s.lengths.back()};
        Data own = data(last, 43);
        if (batch::total(own.outputs) == 0) continue;
        const int first = d.outputs[s.lengths.size() - 1];
        own.weight = d.weight;
        own.bias = d.bias;
        std::copy(d.input.end() - static_cast<long>(own.input.size()), d.input.end(), own.input.begin());
        std::copy(d.residual.end() - static_cast<long>(own.residual.size()), d.residual.end(), own.residual.begin());
        std::copy(d.gate.end() - static_cast<long>(own.gate.size()), d.gate.end(), own.gate.begin());
        Buffer<float> together(static_cast<size_t>(batch::total(d.outputs)) * d.ldOutput), alone(static_cast<size_t>(batch::total(own.outputs)) * d.ldOutput);
        launch(s, d, 0, batch::total(d.outputs), 0, together);
        launch(last, own, 0, batch::total(own.outputs), 0, alone);
        CHECK(memcmp(together.data() + static_cast<size_t>(first) * d.ldOutput, alone.data(), alone.size() * sizeof(float)) == 0);
    }
}

}  // namespace
