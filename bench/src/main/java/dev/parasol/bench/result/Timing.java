package dev.parasol.bench.result;

import dev.parasol.bench.Numbers;

/**
 * How long one launch or pass took, over several samples.
 *
 * @param median microseconds
 * @param low the tenth percentile
 * @param high the ninetieth percentile
 * @param samples how many
 */
public record Timing(double median, double low, double high, int samples) {
    /** The statistics of samples in microseconds, of which there is at least one. */
    public static Timing of(double[] micros) {
        return new Timing(Numbers.quantile(micros, 0.5), Numbers.quantile(micros, 0.1), Numbers.quantile(micros, 0.9), micros.length);
    }

    /** Of {@code work} done in one launch: the rate a second. */
    public double rate(double work) {
        return work / (median * 1e-6);
    }
}
