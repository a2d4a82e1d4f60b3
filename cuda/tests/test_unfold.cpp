#include "params/unfold.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

struct Shape {
    std::vector<int> lengths;
    int cols, ldInput, ldOutput, width, left;
};

template <class T>
void check(const char* kernel, const Shape& s) {
    harness::Random random(1);
    const Buffer<int32_t> offsets = batch::offsets(s.lengths);
    const int rows = batch::total(offsets);
    const Buffer<T> input = batch::random<T>(random, static_cast<size_t>(rows) * s.ldInput);
    Buffer<T> output(static_cast<size_t>(rows + batch::SPARE) * s.ldOutput);
    UnfoldParams p{};
    p.input = input.data();
    p.output = output.data();
    p.offsets = offsets.data();
    p.batch = static_cast<int>(s.lengths.size());
    p.rows = rows + batch::SPARE;
    p.cols = s.cols;
    p.ld_input = s.ldInput;
    p.ld_output = s.ldOutput;
    p.width = s.width;
    p.left = s.left;
    softcuda::launch(kernel, {batch::blocks(p.rows, 4)}, {128}, 0, p);
    CHECK(batch::untouched(output, static_cast<size_t>(rows) * s.ldOutput));
    for (int t = 0; t < rows; ++t) {
        const int b = batch::owner(offsets, t);
        for (int c = 0; c < s.ldOutput; ++c) {
            const int source = t + c / s.cols - s.left;
            const bool inside = c < s.width * s.cols && source >= offsets[b] && source < offsets[b + 1];
            const double expected = inside ? batch::value(input, static_cast<size_t>(source) * s.ldInput + c % s.cols) : 0.0;
            CHECK_NEAR(static_cast<float>(output[static_cast<size_t>(t) * s.ldOutput + c]), expected, 0.0);
        }
    }
}

}  // namespace

TEST(unfold_shapes) {
    for (const Shape& s : {Shape{{3, 0, 1, 7}, 128, 128, 384, 3, 1}, Shape{{5, 6}, 10, 16, 64, 3, 1}, Shape{{9}, 7, 7, 38, 5, 4}, Shape{{2, 2}, 132, 140, 192, 1, 0},
                           Shape{{4}, 6, 8, 64, 4, 0}}) {
        check<float>("unfold_f32", s);
        check<__half>("unfold_f16", s);
    }
}
