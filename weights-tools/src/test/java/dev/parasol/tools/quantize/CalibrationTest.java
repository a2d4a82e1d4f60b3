package dev.parasol.tools.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static float[] heavyTailed(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            double x = random.nextDouble() + random.nextDouble() - random.nextDouble() - random.nextDouble();
            values[i] = (float) (i % 500 == 0 ? 20 * x : x);
        }
        return values;
    }

    private static Magnitudes of(float[]... batches) {
        Magnitudes magnitudes = new Magnitudes();
        for (float[] batch : batches) {
            magnitudes.add(batch);
        }
        return magnitudes;
    }

    private static double squares(float[] values, float threshold) {
        double sum = 0;
        for (float value : values) {
            double difference = value - Int8.rounded(value, threshold / 127);
            sum += difference * difference;
        }
        return sum;
    }

    @Test
    void magnitudesAreCountedWhateverComesFirst() {
        float[] values = heavyTailed(5000, 3);
        Magnitudes small = of(new float[] {1e-3f, 0}, values);
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(small.largest()).isEqualTo(largest);
        assertThat(small.total()).isEqualTo(5002);
        assertThat(small.width() * Magnitudes.BINS).isGreaterThan(largest);
        for (int bin = 0; bin < Magnitudes.BINS; bin++) {
            double from = bin * small.width();
            double to = from + small.width();
            long expected = bin == 0 ? 2 : 0;
            for (float value : values) {
                expected += Math.abs(value) >= from && Math.abs(value) < to ? 1 : 0;
            }
            // A number at an edge may be rounded to either side of it.
            assertThat((double) small.count(bin)).as("bin %d", bin).isCloseTo(expected, within(1.0));
        }
    }

    @Test
    void maximumIsExact() {
        assertThat(Calibration.MAX.threshold(of(new float[] {-3, 2}, new float[] {1}))).isEqualTo(3);
    }

    @Test
    void percentileIsThatOfTheSortedMagnitudes() {
        float[] values = heavyTailed(100_000, 5);
        float[] sorted = values.clone();
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = Math.abs(sorted[i]);
        }
        Arrays.sort(sorted);
        Magnitudes magnitudes = of(values);
        float found = Calibration.PERCENTILE.threshold(magnitudes);
        assertThat((double) found).isCloseTo(sorted[99_989], within(magnitudes.width() * 1.01));
    }

    @Test
    void leastSquaresAreNoWorseThanAnyThresholdTriedByHand() {
        float[] values = heavyTailed(20_000, 7);
        Magnitudes magnitudes = of(values);
        double found = squares(values, Calibration.MSE.threshold(magnitudes));
        double best = Double.POSITIVE_INFINITY;
        for (int i = 20; i <= 400; i++) {
            best = Math.min(best, squares(values, magnitudes.largest() * i / 400));
        }
        assertThat(found).isLessThan(best * 1.02);
        assertThat(found).isLessThan(squares(values, magnitudes.largest()) * 0.95);
    }

    @Test
    void entropyIsTheLeastDivergenceOfAllThresholds() {
        Magnitudes magnitudes = of(heavyTailed(50_000, 9));
        double[] counts = new double[Magnitudes.BINS];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = magnitudes.count(Math.max(1, i));
        }
        double least = Double.POSITIVE_INFINITY;
        int best = 0;
        for (int bins = 2048; bins >= 128; bins -= 8) {
            double divergence = divergence(counts, bins);
            assertThat(EntropyThreshold.divergence(counts, bins)).isCloseTo(divergence, within(1e-9 + divergence * 1e-9));
            if (divergence < least) {
                least = divergence;
                best = bins;
            }
        }
        assertThat(Calibration.ENTROPY.threshold(magnitudes)).isEqualTo(magnitudes.end(best - 1));
        assertThat(best).isLessThan(2048);
    }

    /** By the textbook: two whole distributions are built, and their divergence is summed. */
    private static double divergence(double[] counts, int bins) {
        double[] p = Arrays.copyOf(counts, bins);
        for (int i = bins; i < counts.length; i++) {
            p[bins - 1] += counts[i];
        }
        double[] q = new double[bins];
        for (int level = 0; level < 128; level++) {
            int from = level * bins / 128;
            int to = (level + 1) * bins / 128;
            double sum = Arrays.stream(counts, from, to).sum();
            long filled = Arrays.stream(counts, from, to).filter(c -> c > 0).count();
            for (int i = from; i < to; i++) {
                q[i] = counts[i] > 0 ? sum / filled : 0;
            }
        }
        double pSum = Arrays.stream(p).sum();
        double qSum = Arrays.stream(q).sum();
        double divergence = 0;
        for (int i = 0; i < bins; i++) {
            if (p[i] > 0) {
                divergence += p[i] / pSum * Math.log(p[i] / pSum / Math.max(q[i] / qSum, 1e-12));
            }
        }
        return divergence;
    }

    @Test
    void nothingButZerosHasNoScale() {
        Magnitudes zeros = of(new float[100]);
        for (Calibration calibration : Calibration.values()) {
            assertThat(calibration.scale(zeros)).as(calibration.text()).isZero();
        }
        assertThat(Int8.rounded(0, 0)).isZero();
    }
}
