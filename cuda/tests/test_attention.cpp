// attention_f16 and attention_f32 over ragged batches against a plain softmax in double precision.
#include <numeric>

#include "params/attention.h"
#include "tests/harness.h"

namespace {

using harness::Buffer;
using harness::Random;

constexpr int HEAD_SIZES[] = {32, 64, 80, 128};

double number(float x) { return x; }
double number(__half x) { return __half2float(x); }

template <class T>
T rounded(float x);
template <>
float rounded(float x) { return x; }
template <>
__half rounded(float x) { return __float2half_rn(x); }

template <class T>
struct Kernel;
template <>
struct Kernel<__half> {
    static std::string name(int head, int queries) { return "attention_f16_" + std::to_string(head) + "_" + std::to_string(queries); }
    static constexpr double tolerance = 2e-3;      // of an output of a convex combination of values near 1: the rounding to fp16
    static size_t shared(int head, int queries) { return (queries + 2 * 64) * size_t(head + 8) * 2; }
    static std::vector<int> queries() { return {64, 32, 128}; }       // rows of a slot
    static unsigned threads(int queries) { return queries == 32 ? 64 : 128; }
};
template <>
struct Kernel<float> {
    static std::string name(int head, int) { return "attention_f32_" + std::to_string(head); }
    static constexpr double tolerance = 1e-5;
    static size_t shared(int head, int) { return (128 * size_t(head + 4) + 64 * 36) * 4; }
    static std::vector<int> queries() { return {64}; }
    static unsigned threads(int) { return 128; }
};

std::vector<int> offsetsOf(const std::vector<int>& lengths) {
    std::vector<int> offsets(lengths.size() + 1, 0);
    std::partial_sum(lengths.begin(), lengths.end(), offsets.begin() + 1);
    return offsets;
}

// A batch with fused q, k and v when the lengths are equal, else queries apart from keys and values.
template <class T>
struct Batch {
    int head, heads, width;
    std::vector<int> q_lengths, k_lengths, q_offsets, k_offsets;
    int ld_q, ld_kv, ld_output;
    Buffer<T> q, kv;

    Batch(Random& random, int head, int heads, const std::vector<int>& q_lengths, const std::vector<int>& k_lengths, float scale)
        : head(head), heads(heads), width(head * heads), q_lengths(q_lengths), k_lengths(k_lengths), q_offsets(offsetsOf(q_lengths)),
          k_offsets(offsetsOf(k_lengths)), ld_q(width + 8), ld_kv(2 * width + 16), ld_output((width + 63) / 64 * 64),
          q(size_t(q_offsets.back()) * ld_q), kv(size_t(k_offsets.back()) * ld_kv) {
        for (T& x : q) x = rounded<T>(random.gauss() * scale);
        for (T& x : kv) x = rounded<T>(random.gauss() * scale);
    }

    // The batch of utterance b alone.
    Batch(const Batch& other, size_t b) : Batch(other) {
        q_lengths = {other.q_lengths[b]}, k_lengths = {other.k_lengths[b]};
        q_offsets = offsetsOf(q_lengths), k_offsets = offsetsOf(k_lengths);
        q = Buffer<T>(std::vector<T>(other.q.begin() + size_t(other.q_offsets[b]) * ld_q, other.q.begin() + size_t(other.q_offsets[b + 1]) * ld_q));
        kv = Buffer<T>(std::vector<T>(other.kv.begin() + size_t(other.k_offsets[b]) * ld_kv, other.kv.begin() + size_t(other.k_offsets[b + 1]) * ld_kv));
    }

    // `spare` rows more than there are in the output, which the kernel is told of as a bound and must not touch. Kernels for more or
    // fewer query rows in a block must give the same bits.
    Buffer<T> run(int spare) const {
        const int batch = int(q_lengths.size()), rows = q_offsets.back() + spare;
        Buffer<T> first(0);
        Buffer<int32_t> q_at(q_offsets), k_at(k_offsets);
        for (int queries : Kernel<T>::queries()) {
            Buffer<T> output(size_t(rows) * ld_output);
            const std::string name = Kernel<T>::name(head, queries);
            softcuda::launch(name.c_str(), {unsigned(rows / queries + batch), unsigned(heads)}, {Kernel<T>::threads(queries)}, Kernel<T>::shared(head, queries),
                             AttentionParams{q.data(), kv.data(), kv.data() + width, output.data(), q_at.data(), k_at.data(), batch, heads, ld_q,
                                             ld_kv, ld_kv, ld_output, float(1 / sqrt(head))});
            if (first.size() == 0) first = output;
            CHECK(output.sameBits(first), "%s differs from the kernel for other blocks", name.c_str());
        }
        return first;
    }

    void check(const Buffer<T>& output, size_t b, int row, int h) const {
        const int keys = k_lengths[b];
        const T* query = q.data() + size_t(q_offsets[b] + row) * ld_q + h * head;
        std::vector<double> weight(keys);
        double maximum = -INFINITY, sum = 0;
        for (int key = 0; key < keys; key++) {
            const T* k = kv.data() + size_t(k_offsets[b] + key) * ld_kv + h * head;
            for (int c = 0; c < head; c++) weight[key] += number(query[c]) * number(k[c]);
            weight[key] /= sqrt(head);
            maximum = fmax(maximum, weight[key]);
        }
        for (double& w : weight) sum += w = exp(w - maximum);
        for (int c = 0; c < head; c++) {
            double expected = 0;
            for (int key = 0; key < keys; key++) expected += weight[key] * number(kv[size_t(k_offsets[b] + key) * ld_kv + width + h * head + c]);
            if (keys > 0) expected /= sum;
            const double value = number(output[size_t(q_offsets[b] + row) * ld_output + h * head + c]);
            CHECK(fabs(value - expected) <= Kernel<T>::tolerance * fmax(1, fabs(expected)), "head size %d, %d keys, row %d, head %d, column %d: %g, expected %g", head, keys,
                  row, h, c, value, expected);
        }
    }
};

template <class T>
void agreesWithReference(uint64_t seed) {
    Random random(seed);
    for (int head : HEAD_SIZES) {
        const bool cross = head == 64 || head == 80;
        const std::vector<int> frames = {65, 1, 0, 130, 17};
        const std::vector<int> tokens = {3, 1, 0, 66, 5};
        // Scores of a softmax that is far from uniform: up to some tens.
        Batch<T> batch(random, head, 3, cross ? tokens : frames, frames, head == 32 ? 2.0f : 1.0f);
        const int spare = 70;
        Buffer<T> output = batch.run(spare);
        for (size_t b = 0; b < frames.size(); b++)
            for (int row = 0; row < batch.q_lengths[b]; row += row % 64 == 63 ? 1 : random.integer(1, 12))
                for (int h = 0; h < batch.heads; h++) batch.check(output, b, row, h);
        const int rows = batch.q_offsets.back();
        for (int row = 0; row < rows + spare; row++)
            for (int c = row < rows ? batch.width : 0; c < batch.ld_output; c++) {
                const T value = output[size_t(row) * batch.ld_output + c];
                CHECK(row < rows ? number(value) == 0 : harness::isPoison(value), "head size %d: padding [%d, %d] of %d rows", head, row, c, rows);
            }
    }
}

TEST(attention_f16_agrees_with_reference) { agreesWithReference<__half>(31); }
TEST(attention_f32_agrees_with_reference) { agreesWithReference<float>(32); }

// An utterance alone, and in a batch between utterances of NaNs.
template <class T>
void utterancesAreIndependent(uint64_t seed) {
    Random random(seed);
    for (int head : {32, 80}) {
        const std::vector<int> lengths = {9, 70, 30, 129, 1};
        Batch<T> batch(random, head, 2, lengths, lengths, 1.0f);
        for (size_t b : {0u, 2u}) {
            for (size_t i = size_t(batch.q_offsets[b]) * batch.ld_q; i < size_t(batch.q_offsets[b + 1]) * batch.ld_q; i++) batch.q[i] = harness::poison<T>();
            for (size_t i = size_t(batch.k_offsets[b]) * batch.ld_kv; i < size_t(batch.k_offsets[b + 1]) * batch.ld_kv; i++) batch.kv[i] = harness::poison<T>();
        }
        const Buffer<T> together = batch.run(0);
        for (size_t b : {1u, 3u, 4u}) {
            const Buffer<T> alone = Batch<T>(batch, b).run(0);
            CHECK(memcmp(alone.data(), together.data() + size_t(batch.q_offsets[b]) * batch.ld_output, alone.size() * sizeof(T)) == 0,
                  "head size %d: utterance %zu depends on its neighbours", head, b);
            for (const T& x : alone) CHECK(!isnan(number(x)));
        }
        for (int c = 0; c < batch.width; c++) CHECK(isnan(number(together[c])), "a NaN is hidden");
    }
}

TEST(attention_f16_utterances_are_independent) { utterancesAreIndependent<__half>(33); }
TEST(attention_f32_utterances_are_independent) { utterancesAreIndependent<float>(34); }

// Queries without a key to see have nothing to average.
template <class T>
void withoutKeysGivesZeros(uint64_t seed) {
    Random random(seed);
    Batch<T> batch(random, 64, 1, {3, 2}, {0, 5}, 1.0f);
    const Buffer<T> output = batch.run(0);
    for (int i = 0; i < 3 * batch.ld_output; i++) CHECK(number(output[i]) == 0, "[%d] = %g", i, number(output[i]));
    batch.check(output, 1, 1, 0);
}

TEST(attention_f16_without_keys_gives_zeros) { withoutKeysGivesZeros<__half>(35); }
TEST(attention_f32_without_keys_gives_zeros) { withoutKeysGivesZeros<float>(36); }

}  // namespace
