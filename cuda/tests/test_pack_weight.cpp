#include "params/pack_weight.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

struct Shape {
    size_t elements;
    int64_t strideN, strideInner, strideOuter;
    int rows, cols, inner, ld;
};

template <class From, class To>
void check(const char* kernel, const Shape& s) {
    harness::Random random(4);
    const Buffer<From> source = batch::random<From>(random, s.elements);
    Buffer<To> destination(static_cast<size_t>(s.rows) * s.ld);
    PackWeightParams p{};
    p.source = source.data();
    p.destination = destination.data();
    p.stride_n = s.strideN;
    p.stride_inner = s.strideInner;
    p.stride_outer = s.strideOuter;
    p.rows = s.rows;
    p.cols = s.cols;
    p.inner = s.inner;
    p.ld = s.ld;
    softcuda::launch(kernel, {batch::blocks(s.rows, 4), batch::blocks(s.ld, 1024)}, {128}, 0, p);
    for (int n = 0; n < s.rows; ++n) {
        for (int c = 0; c < s.ld; ++c) {
            const To actual = destination[static_cast<size_t>(n) * s.ld + c];
            float value = 0;
            if (c < s.cols) value = static_cast<float>(source[static_cast<size_t>(n * s.strideN + c % s.inner * s.strideInner + c / s.inner * s.strideOuter)]);
            const To expected = static_cast<To>(value);
            CHECK(memcmp(&actual, &expected, sizeof(To)) == 0, "row %d, column %d", n, c);
        }
    }
}

void checkAllTypes(const Shape& s) {
    check<float, float>("pack_weight_f32_f32", s);
    check<float, __half>("pack_weight_f32_f16", s);
    check<__half, float>("pack_weight_f16_f32", s);
    check<__half, __half>("pack_weight_f16_f16", s);
}

}  // namespace

TEST(pack_weight_matrix) {
    checkAllTypes({9 * 560, 560, 1, 0, 9, 560, 560, 576});
    checkAllTypes({5 * 139, 139, 1, 0, 5, 139, 139, 192});
    checkAllTypes({2 * 2100, 2100, 1, 0, 2, 2100, 2100, 2112});
}
TEST(pack_weight_convolution) { checkAllTypes({6 * 20 * 3, 60, 3, 1, 6, 60, 20, 64}); }
TEST(pack_weight_depthwise) { checkAllTypes({33 * 11, 1, 11, 0, 11, 33, 33, 33}); }
TEST(pack_weight_vector) { checkAllTypes({1031, 0, 1, 0, 1, 1031, 1031, 1031}); }
