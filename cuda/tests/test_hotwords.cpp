#include <algorithm>
#include <numeric>

#include "params/add_rows.h"
#include "params/attention_mass.h"
#include "params/gather_rows.h"
#include "params/merge_ids.h"
#include "params/top_keys.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

template <class T>
void checkSum(int cols, int ld) {
    harness::Random random(1);
    const int rows = 9;
    const Buffer<float> a = random.normal(static_cast<size_t>(rows) * cols), b = random.normal(static_cast<size_t>(rows) * cols);
    const Buffer<int32_t> count(1, rows - 2);
    Buffer<T> output(static_cast<size_t>(rows) * ld);
    softcuda::launch(sizeof(T) == 4 ? "add_rows_f32" : "add_rows_f16", {batch::blocks(rows, 4)}, {128}, 0,
                     AddRowsParams{a.data(), b.data(), output.data(), count.data(), rows, cols, ld});
    for (int r = 0; r < rows - 2; ++r) {
        for (int c = 0; c < ld; ++c) {
            const double expected = c < cols ? static_cast<double>(a[static_cast<size_t>(r) * cols + c]) + b[static_cast<size_t>(r) * cols + c] : 0;
            CHECK_NEAR(batch::value(output, static_cast<size_t>(r) * ld + c), expected, sizeof(T) == 4 ? 1e-6 : 4e-3);
        }
    }
    CHECK(batch::untouched(output, static_cast<size_t>(rows - 2) * ld));
}

template <class T>
void checkGather(int cols, int ld) {
    harness::Random random(2);
    const Buffer<T> input = batch::random<T>(random, static_cast<size_t>(6) * (cols + 3));
    const Buffer<int32_t> index(std::vector<int32_t>{5, 0, 0, 3, 2, 5, 1});
    const int rows = static_cast<int>(index.size());
    Buffer<T> output(static_cast<size_t>(rows) * ld);
    softcuda::launch(sizeof(T) == 4 ? "gather_rows_f32" : "gather_rows_f16", {batch::blocks(rows, 4)}, {128}, 0,
                     GatherRowsParams{input.data(), index.data(), output.data(), rows, cols, cols + 3, ld});
    for (int r = 0; r < rows; ++r) {
        for (int c = 0; c < ld; ++c) {
            const double expected = c < cols ? batch::value(input, static_cast<size_t>(index[r]) * (cols + 3) + c) : 0;
            CHECK(batch::value(output, static_cast<size_t>(r) * ld + c) == expected);
        }
    }
}

template <class T>
void checkMass(int heads, int size, int keys, double tolerance) {
    harness::Random random(3);
    const Buffer<int32_t> offsets = batch::offsets({3, 0, 7});
    const int ldQ = heads * size + 4, ldK = 2 * heads * size;
    const Buffer<T> q = batch::random<T>(random, static_cast<size_t>(batch::total(offsets)) * ldQ), k = batch::random<T>(random, static_cast<size_t>(keys) * ldK);
    Buffer<float> mass(static_cast<size_t>(3) * heads * keys);
    const float scale = 1 / sqrtf(static_cast<float>(size));
    softcuda::launch(sizeof(T) == 4 ? "attention_mass_f32" : "attention_mass_f16", {3, static_cast<unsigned>(heads)}, {256}, (size + 2 * static_cast<size_t>(keys)) * sizeof(float),
                     AttentionMassParams{q.data(), k.data(), mass.data(), offsets.data(), heads, size, keys, ldQ, ldK, scale});
    for (int b = 0; b < 3; ++b) {
        for (int h = 0; h < heads; ++h) {
            std::vector<double> expected(keys, 0.0), weights(keys);
            for (int row = offsets[b]; row < offsets[b + 1]; ++row) {
                double sum = 0;
                for (int key = 0; key < keys; ++key) {
                    double logit = 0;
                    for (int c = 0; c < size; ++c) {
                        logit += batch::value(q, static_cast<size_t>(row) * ldQ + h * size + c) * batch::value(k, static_cast<size_t>(key) * ldK + h * size + c);
                    }
                    sum += weights[key] = exp(logit * scale);
                }
                for (int key = 0; key < keys; ++key) expected[key] += weights[key] / sum;
            }
            for (int key = 0; key < keys; ++key) CHECK_NEAR(mass[(static_cast<size_t>(b) * heads + h) * keys + key], expected[key], tolerance);
        }
    }
}

}  // namespace

TEST(add_rows_sums) {
    checkSum<float>(128, 128);
    checkSum<float>(30, 64);
    checkSum<__half>(130, 192);
}

TEST(gather_rows_copies) {
    checkGather<float>(128, 128);
    checkGather<__half>(30, 64);
}

TEST(merge_ids_prefers_the_other) {
    const int rows = 200;
    Buffer<int32_t> ids(rows), others(rows);
    for (int i = 0; i < rows; ++i) {
        ids[i] = 1000 + i;
        others[i] = i % 3 == 0 ? 7 : i;
    }
    const Buffer<int32_t> count(1, rows - 5);
    softcuda::launch("merge_ids", {batch::blocks(rows, 128)}, {128}, 0, MergeIdsParams{ids.data(), others.data(), count.data(), rows, 7});
    for (int i = 0; i < rows; ++i) CHECK(ids[i] == (i >= rows - 5 || others[i] == 7 ? 1000 + i : i));
}

TEST(attention_mass_of_keys) {
    checkMass<float>(2, 32, 7, 2e-6);
    checkMass<float>(4, 128, 300, 2e-6);
    checkMass<__half>(2, 64, 77, 2e-5);
}

TEST(top_keys_in_their_order) {
    harness::Random random(5);
    const int batch = 3, heads = 2, keys = 400, count = 50;
    Buffer<float> mass = random.normal(static_cast<size_t>(batch) * heads * keys);
    for (float& m : mass) m = static_cast<float>(static_cast<int>(fabsf(m) * 20));      // with many equals
    for (int k = 0; k < heads * keys; ++k) mass[k] = k % 5 == 0 ? NAN : 0.0f;           // and an utterance of hardly anything
    Buffer<int32_t> index(static_cast<size_t>(batch) * (count + 1)), offsets(static_cast<size_t>(batch) + 1);
    softcuda::launch("top_keys", {batch}, {256}, keys * sizeof(float), TopKeysParams{mass.data(), index.data(), offsets.data(), batch, heads, keys, count});
    for (int b = 0; b < batch; ++b) {
        std::vector<double> sums(keys);
        for (int k = 0; k < keys; ++k) {
            const double sum = static_cast<double>(mass[static_cast<size_t>(2 * b) * keys + k]) + mass[static_cast<size_t>(2 * b + 1) * keys + k];
            sums[k] = sum >= 0 ? sum : -1;
        }
        std::vector<int> order(keys);
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](int left, int right) { return sums[left] > sums[right]; });
        for (int i = 0; i < count; ++i) CHECK(index[static_cast<size_t>(b) * (count + 1) + i] == order[i], "utterance %d, place %d", b, i);
        CHECK(index[static_cast<size_t>(b) * (count + 1) + count] == keys - 1);
        CHECK(offsets[b] == b * (count + 1));
    }
    CHECK(offsets[batch] == batch * (count + 1));
}
