// Ragged batches for tests: offsets from lengths, and who owns a row.
#pragma once
#include "tests/harness.h"

namespace batch {

inline harness::Buffer<int32_t> offsets(const std::vector<int>& lengths) {
    harness::Buffer<int32_t> result(lengths.size() + 1, 0);
    for (size_t b = 0; b < lengths.size(); ++b) result[b + 1] = result[b] + lengths[b];
    return result;
}

inline int owner(const harness::Buffer<int32_t>& offsets, int row) {
    int b = 0;
    while (offsets[static_cast<size_t>(b) + 1] <= row) ++b;
    return b;
}

inline int total(const harness::Buffer<int32_t>& offsets) { return offsets[offsets.size() - 1]; }

// A launch may be for more rows than there are; what lies behind those is left alone.
constexpr int SPARE = 37;

inline unsigned blocks(long items, long perBlock) { return static_cast<unsigned>((items + perBlock - 1) / perBlock); }

// fp32 or fp16 test data with the values that it holds after rounding.
template <class T>
harness::Buffer<T> random(harness::Random& random, size_t count, float scale = 1.0f) {
    harness::Buffer<T> buffer(count);
    for (T& x : buffer) x = static_cast<T>(random.gauss() * scale);
    return buffer;
}

template <class T>
double value(const harness::Buffer<T>& buffer, size_t i) { return static_cast<double>(static_cast<float>(buffer[i])); }

// Whether everything from element `first` on is as it was.
template <class T>
bool untouched(const harness::Buffer<T>& buffer, size_t first) {
    for (size_t i = first; i < buffer.size(); ++i) if (!harness::isPoison(buffer[i])) return false;
    return true;
}

}  // namespace batch
