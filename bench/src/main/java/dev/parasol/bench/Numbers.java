package dev.parasol.bench;

import java.util.Arrays;

/** Comparisons and statistics. */
public final class Numbers {
    private Numbers() {}

    /** Norm of the difference over the norm of what is expected; not a number where the lengths differ or a number is not one. */
    public static double relativeError(float[] expected, float[] actual) {
        if (expected.length != actual.length) {
            return Double.NaN;
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow((double) actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }

    /** Largest absolute difference; not a number where the lengths differ or a number is not one. */
    public static double largestError(float[] expected, float[] actual) {
        if (expected.length != actual.length) {
            return Double.NaN;
        }
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs((double) actual[i] - expected[i]));
        }
        return largest;
    }

    /** How far the largest value of one row of {@code logProbs} is above the next. */
    public static double margin(float[] logProbs, int row, int cols) {
        double best = Double.NEGATIVE_INFINITY;
        double second = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < cols; c++) {
            double value = logProbs[row * cols + c];
            second = Math.max(second, Math.min(best, value));
            best = Math.max(best, value);
        }
        return best - second;
    }

    /** The value below which the given share (0 to 1) of the samples lies, interpolated. */
    public static double quantile(double[] samples, double share) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
