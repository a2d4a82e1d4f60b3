#include "params/cif_alpha.h"
#include "params/cif_embed.h"
#include "params/cif_fire.h"
#include "params/token_offsets.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

// What a batch's weights become.
struct Fired {
    Buffer<float> peaks, remainders;
    Buffer<int32_t> fires, counts;
};

// Utterance b's T + 1 weights begin at offsets[b] + b.
Fired fire(const Buffer<float>& alphas, const Buffer<int32_t>& offsets, bool sequential) {
    const size_t rows = static_cast<size_t>(batch::total(offsets)), items = offsets.size() - 1;
    Fired f{Buffer<float>(rows + items), Buffer<float>(rows), Buffer<int32_t>(rows), Buffer<int32_t>(items)};
    CifFireParams p{alphas.data(), f.peaks.data(), f.fires.data(), f.remainders.data(), f.counts.data(), offsets.data(), static_cast<int32_t>(items), sequential};
    softcuda::launch("cif_fire", {static_cast<unsigned>(items)}, {128}, 0, p);
    return f;
}

Buffer<float> randomWeights(harness::Random& random, const Buffer<int32_t>& offsets, float largest) {
    const size_t items = offsets.size() - 1;
    Buffer<float> alphas(static_cast<size_t>(batch::total(offsets)) + items);
    for (float& a : alphas) a = random.uniform(0.0f, largest);
    for (size_t b = 0; b < items; ++b) alphas[static_cast<size_t>(offsets[b + 1]) + b] = 0.45f;
    return alphas;
}

// The reference in its sequential order: fp64 sum, rounded to fp32.
void checkParallel(const Buffer<float>& alphas, const Buffer<int32_t>& offsets, const Fired& f) {
    for (size_t b = 0; b + 1 < offsets.size(); ++b) {
        const int frames = offsets[b + 1] - offsets[b];
        const size_t first = static_cast<size_t>(offsets[b]);
        double sum = 0;
        float before = 0;
        int k = 0;
        for (int t = 0; t <= frames; ++t) {
            sum += alphas[first + b + t];
            const float rounded = static_cast<float>(sum), whole = floorf(rounded);
            const bool fires = whole > before;
            before = whole;
            const float peak = ((fires ? 1.0f : 0.0f) + rounded) - whole;
            CHECK(f.peaks[first + b + t] == peak, "utterance %zu, frame %d", b, t);
            if (!fires || k == frames) continue;
            CHECK(f.fires[first + k] == t);
            CHECK(f.remainders[first + k] == peak - floorf(peak));
            ++k;
        }
        CHECK(f.counts[b] == k);
        for (int i = k; i < frames; ++i) CHECK(harness::isPoison(f.fires[first + i]) && harness::isPoison(f.remainders[first + i]));
    }
}

}  // namespace

TEST(cif_alpha_weights_and_tails) {
    for (const int cols : {128, 130, 7}) {
        harness::Random random(11);
        const Buffer<int32_t> offsets = batch::offsets({5, 0, 1, 9});
        const int rows = batch::total(offsets), ld = cols + 4;
        const Buffer<float> hidden = random.normal(static_cast<size_t>(rows) * ld), weight = random.normal(cols, 0.3f), bias(1, -0.2f);
        Buffer<float> alphas(static_cast<size_t>(rows) + 4 + batch::SPARE);
        softcuda::launch("cif_alpha", {batch::blocks(rows + batch::SPARE + 4, 4)}, {128}, 0,
                         CifAlphaParams{hidden.data(), weight.data(), bias.data(), alphas.data(), offsets.data(), 4, rows + batch::SPARE, cols, ld, 1.1f, 0.05f, 0.45f});
        CHECK(batch::untouched(alphas, static_cast<size_t>(rows) + 4));
        for (int b = 0; b < 4; ++b) {
            for (int t = offsets[b]; t < offsets[b + 1]; ++t) {
                double logit = bias[0];
                for (int c = 0; c < cols; ++c) logit += static_cast<double>(hidden[static_cast<size_t>(t) * ld + c]) * weight[c];
                CHECK_NEAR(alphas[t + b], std::max(0.0, 1.1 / (1 + exp(-logit)) - 0.05), 2e-6);
            }
            CHECK(alphas[offsets[b + 1] + b] == 0.45f);
        }
    }
}

TEST(cif_fire_parallel) {
    harness::Random random(12);
    const Buffer<int32_t> offsets = batch::offsets({1, 17, 0, 64, 167, 127, 128, 129, 3000});
    for (const float largest : {0.4f, 1.0f}) {
        const Buffer<float> alphas = randomWeights(random, offsets, largest);
        checkParallel(alphas, offsets, fire(alphas, offsets, false));
    }
}

// Sums that end on whole numbers exactly, at every border between threads too.
TEST(cif_fire_on_whole_numbers) {
    const Buffer<int32_t> offsets = batch::offsets({511, 40, 3});
    for (const float weight : {0.5f, 0.25f, 1.0f, 0.0f}) {
        Buffer<float> alphas(static_cast<size_t>(batch::total(offsets)) + 3, weight);
        checkParallel(alphas, offsets, fire(alphas, offsets, false));
    }
}

// No more tokens than frames, even where the tail adds one.
TEST(cif_fire_at_most_one_token_a_frame) {
    const Buffer<int32_t> offsets = batch::offsets({4});
    const Buffer<float> alphas(5, 1.0f);
    CHECK(fire(alphas, offsets, false).counts[0] == 4);
    CHECK(fire(alphas, offsets, true).counts[0] == 4);
}

TEST(cif_fire_of_numbers_that_are_none) {
    const Buffer<int32_t> offsets = batch::offsets({6});
    Buffer<float> alphas(7, 0.6f);
    alphas[3] = NAN;
    for (const bool sequential : {false, true}) {
        const int count = fire(alphas, offsets, sequential).counts[0];
        CHECK(count >= 0 && count <= 6);
    }
}

TEST(cif_fire_sequential) {
    harness::Random random(13);
    const Buffer<int32_t> offsets = batch::offsets({1, 17, 0, 400});
    const Buffer<float> alphas = randomWeights(random, offsets, 0.9f);
    const Fired f = fire(alphas, offsets, true);
    for (size_t b = 0; b + 1 < offsets.size(); ++b) {
        const int frames = offsets[b + 1] - offsets[b];
        const size_t first = static_cast<size_t>(offsets[b]);
        float integral = 0;
        int k = 0;
        for (int t = 0; t <= frames; ++t) {
            const float alpha = alphas[first + b + t], missing = 1.0f - integral;
            integral += alpha;
            CHECK(f.peaks[first + b + t] == integral);
            if (integral < 1.0f) continue;
            CHECK(f.fires[first + k] == t && f.remainders[first + k] == alpha - missing);
            integral -= 1.0f;
            ++k;
        }
        CHECK(f.counts[b] == k);
    }
}

TEST(cif_fire_does_not_depend_on_others) {
    harness::Random random(14);
    const Buffer<int32_t> offsets = batch::offsets({30, 333, 5}), own = batch::offsets({333});
    const Buffer<float> alphas = randomWeights(random, offsets, 0.5f);
    Buffer<float> mine(334);
    for (int t = 0; t < 334; ++t) mine[t] = alphas[31 + t];
    const Fired together = fire(alphas, offsets, false), alone = fire(mine, own, false);
    CHECK(together.counts[1] == alone.counts[0]);
    CHECK(memcmp(together.peaks.data() + 31, alone.peaks.data(), 334 * sizeof(float)) == 0);
    CHECK(memcmp(together.remainders.data() + 30, alone.remainders.data(), alone.counts[0] * sizeof(float)) == 0);
}

TEST(token_offsets_sums) {
    harness::Random random(15);
    for (const int batch : {1, 2, 127, 128, 129, 1000}) {
        Buffer<int32_t> counts(batch), offsets(static_cast<size_t>(batch) + 1);
        for (int32_t& c : counts) c = random.integer(0, 9);
        softcuda::launch("token_offsets", {1}, {128}, 0, TokenOffsetsParams{counts.data(), offsets.data(), batch});
        int sum = 0;
        for (int b = 0; b <= batch; ++b) {
            CHECK(offsets[b] == sum);
            if (b < batch) sum += counts[b];
        }
    }
}

TEST(cif_embed_sums) {
    for (const int cols : {128, 520, 30, 7}) {
        harness::Random random(16);
        const Buffer<int32_t> offsets = batch::offsets({17, 0, 3, 64});
        const Buffer<float> alphas = randomWeights(random, offsets, 0.7f);
        const Fired f = fire(alphas, offsets, false);
        const Buffer<int32_t> tokens = batch::offsets({f.counts[0], f.counts[1], f.counts[2], f.counts[3]});
        const int rows = batch::total(offsets), trueTokens = batch::total(tokens), ld = cols + 1;
        const Buffer<float> hidden = random.normal(static_cast<size_t>(rows) * ld);
        Buffer<float> embeds(static_cast<size_t>(rows) * cols);
        const unsigned threads = 32 * std::min(4u, batch::blocks(cols, 128));
        softcuda::launch("cif_embed", {static_cast<unsigned>(rows)}, {threads}, 0,
                         CifEmbedParams{hidden.data(), alphas.data(), f.fires.data(), f.remainders.data(), offsets.data(), tokens.data(), embeds.data(), 4, cols, ld});
        // The textbook loop: a token takes weight until it has 1, the rest of the frame begins the next.
        std::vector<double> expected;
        for (int b = 0; b < 4; ++b) {
            double collected = 0;
            std::vector<double> sum(cols, 0.0);
            int emitted = 0;
            for (int t = 0; t <= offsets[b + 1] - offsets[b] && emitted < f.counts[b]; ++t) {
                const double alpha = alphas[offsets[b] + b + t], used = std::min(alpha, 1 - collected);
                const bool tail = t == offsets[b + 1] - offsets[b];
                const auto h = [&](int c) { return tail ? 0.0 : static_cast<double>(hidden[static_cast<size_t>(offsets[b] + t) * ld + c]); };
                for (int c = 0; c < cols; ++c) sum[c] += used * h(c);
                collected += alpha;
                if (collected < 1) continue;
                expected.insert(expected.end(), sum.begin(), sum.end());
                collected -= 1;
                ++emitted;
                for (int c = 0; c < cols; ++c) sum[c] = collected * h(c);
            }
        }
        CHECK(expected.size() == static_cast<size_t>(trueTokens) * cols);
        CHECK(trueTokens > 10);
        CHECK(harness::relativeError(embeds.data(), expected.data(), expected.size()) < 3e-6);
        for (size_t i = expected.size(); i < embeds.size(); ++i) CHECK(harness::isPoison(embeds[i]));
    }
}
