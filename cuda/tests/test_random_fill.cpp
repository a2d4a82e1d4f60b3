#include "params/random_fill.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

Buffer<float> fill(size_t count, uint64_t seed, float mean, float scale) {
    Buffer<float> values(count);
    softcuda::launch("random_fill", {batch::blocks(static_cast<long>(count), 2048)}, {128}, 0,
                     RandomFillParams{values.data(), static_cast<int64_t>(count), seed, mean, scale});
    return values;
}

}  // namespace

TEST(random_fill_formula) {
    const Buffer<float> values = fill(5003, 42, -1.0f, 3.0f);
    const uint64_t key = mix(42 + 0x9e3779b97f4a7c15ull);
    for (size_t i = 0; i < values.size(); ++i) {
        const uint64_t bits = mix(key + i * 0x9e3779b97f4a7c15ull);
        double sum = 0;
        for (int part = 0; part < 4; ++part) sum += static_cast<double>((bits >> (16 * part)) & 0xffff);
        CHECK_NEAR(values[i], (sum - 131070) / sqrt((pow(65536.0, 2) - 1) / 3) * 3.0 - 1.0, 2e-6);
    }
}

TEST(random_fill_moments) {
    const size_t count = 40000;
    const Buffer<float> values = fill(count, 7, 0.5f, 2.0f);
    double mean = 0, variance = 0, neighbours = 0;
    for (const float x : values) mean += x / count;
    for (const float x : values) variance += (x - mean) * (x - mean) / count;
    for (size_t i = 0; i + 1 < count; ++i) neighbours += (values[i] - mean) * (values[i + 1] - mean) / count;
    CHECK_NEAR(mean, 0.5, 0.05);
    CHECK_NEAR(variance, 4.0, 0.12);
    CHECK_NEAR(neighbours, 0.0, 0.1);
}

TEST(random_fill_depends_on_seed_and_place_alone) {
    const Buffer<float> longer = fill(2050, 9, 0, 1), shorter = fill(7, 9, 0, 1), other = fill(7, 10, 0, 1);
    CHECK(memcmp(longer.data(), shorter.data(), 7 * sizeof(float)) == 0);
    for (size_t i = 0; i < 7; ++i) CHECK(shorter[i] != other[i]);
}
