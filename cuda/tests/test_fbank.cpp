#include "params/fbank.h"
#include "tests/batch.h"

using harness::Buffer;

namespace {

constexpr double PI = 3.14159265358979323846;
constexpr int BINS = 80;

double mel(double frequency) { return 1127 * log(1 + frequency / 700); }

// Weight of FFT bin k in a filter, for a transform of `size` points.
double melWeight(int bin, int k, int size) {
    const double lowest = mel(20), step = (mel(8000) - lowest) / (BINS + 1);
    const double up = (mel(16000.0 * k / size) - (lowest + bin * step)) / step;
    return std::max(0.0, std::min(up, 2 - up));
}

struct Tables {
    Buffer<float> window{400}, twiddles{512}, weights{0};
    Buffer<int32_t> begin{BINS + 1}, first{BINS};
    Tables() {
        for (int i = 0; i < 400; ++i) window[i] = static_cast<float>(0.54 - 0.46 * cos(2 * PI * i / 399));
        for (int k = 0; k < 256; ++k) {
            twiddles[2 * k] = static_cast<float>(cos(2 * PI * k / 512));
            twiddles[2 * k + 1] = static_cast<float>(-sin(2 * PI * k / 512));
        }
        std::vector<float> list;
        for (int bin = 0; bin < BINS; ++bin) {
            begin[bin] = static_cast<int32_t>(list.size());
            first[bin] = 0;
            for (int k = 255; k >= 0; --k) {
                if (melWeight(bin, k, 512) > 0) first[bin] = k;
            }
            for (int k = 0; k < 256; ++k) {
                if (melWeight(bin, k, 512) > 0) list.push_back(static_cast<float>(melWeight(bin, k, 512)));
            }
        }
        begin[BINS] = static_cast<int32_t>(list.size());
        weights = Buffer<float>(list);
    }
};

int framesOf(int samples) { return samples < 400 ? 1 : 1 + (samples - 400) / 160; }

Buffer<float> run(const Tables& tables, const Buffer<float>& wave, const std::vector<int>& lengths) {
    Buffer<int64_t> samples(lengths.size() + 1, 0);
    std::vector<int> frames;
    for (size_t b = 0; b < lengths.size(); ++b) {
        samples[b + 1] = samples[b] + lengths[b];
        frames.push_back(framesOf(lengths[b]));
    }
    const Buffer<int32_t> offsets = batch::offsets(frames);
    const int rows = batch::total(offsets);
    Buffer<float> planned(static_cast<size_t>(rows + batch::SPARE) * BINS);
    FbankParams p{};
    p.wave = wave.data();
    p.sample_offsets = samples.data();
    p.fbank_offsets = offsets.data();
    p.window = tables.window.data();
    p.twiddles = tables.twiddles.data();
    p.mel_begin = tables.begin.data();
    p.mel_first = tables.first.data();
    p.mel_weights = tables.weights.data();
    p.fbank = planned.data();
    p.batch = static_cast<int>(lengths.size());
    p.rows = rows + batch::SPARE;
    p.bins = BINS;
    p.sample_rate = 16000.0f;
    p.scale = 32768.0f;
    softcuda::launch("fbank", {batch::blocks(p.rows, 4)}, {128}, 0, p);
    CHECK(batch::untouched(planned, static_cast<size_t>(rows) * BINS));
    Buffer<float> fbank(static_cast<size_t>(rows) * BINS);
    std::copy(planned.begin(), planned.begin() + static_cast<long>(fbank.size()), fbank.begin());
    return fbank;
}

// One frame by the definition: discrete Fourier transform, filters, logarithm.
std::vector<double> reference(const float* wave, int samples) {
    int size = 2;
    while (size < samples) size *= 2;
    double mean = 0;
    for (int i = 0; i < samples; ++i) mean += wave[i] * 32768.0 / samples;
    std::vector<double> frame(samples), energies(BINS, 0.0);
    for (int i = 0; i < samples; ++i) {
        const double own = wave[i] * 32768.0 - mean, before = wave[std::max(i - 1, 0)] * 32768.0 - mean;
        frame[i] = (own - 0.97 * before) * (samples == 1 ? 1.0 : 0.54 - 0.46 * cos(2 * PI * i / (samples - 1)));
    }
    for (int k = 0; k < size / 2; ++k) {
        double re = 0, im = 0;
        for (int i = 0; i < samples; ++i) {
            re += frame[i] * cos(2 * PI * (static_cast<long>(k) * i % size) / size);
            im -= frame[i] * sin(2 * PI * (static_cast<long>(k) * i % size) / size);
        }
        for (int bin = 0; bin < BINS; ++bin) energies[bin] += melWeight(bin, k, size) * (re * re + im * im);
    }
    for (double& e : energies) e = log(std::max(e, 1.1920929e-7));
    return energies;
}

void check(const Buffer<float>& wave, const std::vector<int>& lengths, double tolerance) {
    const Tables tables;
    const Buffer<float> fbank = run(tables, wave, lengths);
    size_t row = 0, begin = 0;
    for (const int length : lengths) {
        for (int f = 0; f < framesOf(length); ++f, ++row) {
            const std::vector<double> expected = reference(wave.data() + begin + f * 160, std::min(length, 400));
            const double error = harness::absoluteError(fbank.data() + row * BINS, expected.data(), BINS);
            CHECK(error < tolerance, "%d samples, frame %d: %g", length, f, error);
        }
        begin += static_cast<size_t>(length);
    }
    CHECK(row * BINS == fbank.size());
}

Buffer<float> noise(const std::vector<int>& lengths, float scale) {
    harness::Random random(17);
    size_t total = 0;
    for (const int length : lengths) total += static_cast<size_t>(length);
    return random.normal(total, scale);
}

}  // namespace

TEST(fbank_noise) {
    const std::vector<int> lengths{400, 559, 560, 1361};
    check(noise(lengths, 0.1f), lengths, 1e-3);
}

// A pure tone: the filters far from it see rounding and the window's side lobes only, about nine decades below.
TEST(fbank_tone) {
    Buffer<float> wave(720);
    for (int i = 0; i < 720; ++i) wave[i] = static_cast<float>(0.9 * sin(2 * PI * 1000 * i / 16000.0));
    check(wave, {720}, 0.05);
}

TEST(fbank_silence_is_at_the_floor) {
    const Tables tables;
    const Buffer<float> fbank = run(tables, Buffer<float>(900, 0.0f), {900});
    for (const float x : fbank) CHECK_NEAR(x, log(1.1920929e-7), 1e-6);
}

TEST(fbank_clips_below_a_frame) {
    const std::vector<int> lengths{399, 3, 2, 100, 257, 256, 128, 31};
    check(noise(lengths, 0.1f), lengths, 2e-3);
}

TEST(fbank_single_sample_is_at_the_floor) {
    const Tables tables;
    const Buffer<float> fbank = run(tables, Buffer<float>(1, 0.7f), {1});
    for (const float x : fbank) CHECK_NEAR(x, log(1.1920929e-7), 1e-6);
}

TEST(fbank_clip_does_not_depend_on_others) {
    const std::vector<int> lengths{700, 120, 1201};
    const Tables tables;
    const Buffer<float> wave = noise(lengths, 0.2f);
    Buffer<float> own(1201);
    for (int i = 0; i < 1201; ++i) own[i] = wave[820 + i];
    const Buffer<float> together = run(tables, wave, lengths), alone = run(tables, own, {1201});
    CHECK(memcmp(alone.data(), together.data() + 3 * BINS, alone.size() * sizeof(float)) == 0);
}
