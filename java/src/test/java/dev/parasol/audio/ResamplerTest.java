package dev.parasol.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplerTest {
    private static float[] resample(float[] samples, int from, int to, int block) {
        SampleQueue queue = new SampleQueue();
        Resampler resampler = new Resampler(from, to, queue);
        for (int start = 0; start < samples.length; start += block) {
            int count = Math.min(block, samples.length - start);
            float[] part = new float[count];
            System.arraycopy(samples, start, part, 0, count);
            resampler.accept(part, count);
        }
        resampler.finish();
        float[] result = new float[queue.size()];
        queue.take(result, 0, result.length);
        return result;
    }

    /** torchaudio's definition, a sum over every input sample for each output sample. */
    private static double[] reference(float[] samples, int fromRate, int toRate) {
        int divisor = gcd(fromRate, toRate);
        int from = fromRate / divisor;
        int to = toRate / divisor;
        double base = Math.min(from, to) * 0.99;
        double[] result = new double[(int) Math.ceil((double) samples.length * to / from)];
        for (int n = 0; n < result.length; n++) {
            for (int i = 0; i < samples.length; i++) {
                double t = Math.max(-6, Math.min(6, ((double) i / from - (double) n / to) * base));
                double window = Math.pow(Math.cos(t * Math.PI / 12), 2);
                double sinc = t == 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
                result[n] += samples[i] * sinc * window * base / from;
            }
        }
        return result;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static float[] noise(int count) {
        Random random = new Random(7);
        float[] samples = new float[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (float) random.nextGaussian();
        }
        return samples;
    }

    @ParameterizedTest
    @CsvSource({"8000,1000", "11025,700", "22050,900", "24000,801", "32000,500", "44100,2000", "48000,1500", "96000,3000", "192000,4001", "2000,100", "16001,300", "384000,5000", "44100,1"})
    void followsTheDefinition(int rate, int count) {
        float[] samples = noise(count);
        double[] expected = reference(samples, rate, 16_000);
        float[] actual = resample(samples, rate, 16_000, 317);
        assertThat(actual).hasSize(expected.length);
        assertThat(Resampler.outputLength(count, rate, 16_000)).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("sample %d", i).isEqualTo(expected[i], within(2e-6));
        }
    }

    @ParameterizedTest
    @CsvSource({"8000", "44100", "48000", "383999"})
    void blocksMakeNoDifference(int rate) {
        float[] samples = noise(30_000);
        float[] whole = resample(samples, rate, 16_000, 30_000);
        assertThat(resample(samples, rate, 16_000, 1)).isEqualTo(whole);
        assertThat(resample(samples, rate, 16_000, 8191)).isEqualTo(whole);
    }

    @Test
    void nothingInNothingOut() {
        assertThat(resample(new float[0], 44_100, 16_000, 1)).isEmpty();
    }

    @Test
    void aliasesAreSuppressed() {
        float[] samples = new float[48_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) Math.sin(2 * Math.PI * 12_000 * i / 48_000);
        }
        float[] out = resample(samples, 48_000, 16_000, 1000);
        for (int i = 100; i < out.length - 100; i++) {
            assertThat(out[i]).isEqualTo(0, within(2e-3f));
        }
    }
}
