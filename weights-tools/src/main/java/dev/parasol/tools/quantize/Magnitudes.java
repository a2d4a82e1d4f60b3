package dev.parasol.tools.quantize;

/**
 * How often which magnitude occurs, in {@value #BINS} equal bins from 0 on. Where a number lies beyond the last bin, neighbours are joined
 * until it does not, so that memory is bounded and nothing has to be known beforehand. Not thread-safe.
 */
public final class Magnitudes {
    /** Number of bins. */
    public static final int BINS = 2048;

    private final long[] counts = new long[BINS];
    private double width;
    private float largest;
    private long total;

    /** Counts numbers, all of them finite. */
    public void add(float[] values) {
        float most = largest;
        for (float value : values) {
            most = Math.max(most, Math.abs(value));
        }
        if (!Float.isFinite(most)) {
            throw new IllegalArgumentException("a number that is not finite has no bin");
        }
        largest = most;
        if (width == 0) {
            // A little more than the largest, which then is in the last bin.
            width = most * (1 + 0x1p-20) / BINS;
        }
        while (width > 0 && most >= width * BINS) {
            join();
        }
        for (float value : values) {
            counts[width == 0 ? 0 : Math.min(BINS - 1, (int) (Math.abs(value) / width))]++;
        }
        total += values.length;
    }

    private void join() {
        for (int i = 0; i < BINS; i++) {
            counts[i] = i < BINS / 2 ? counts[2 * i] + counts[2 * i + 1] : 0;
        }
        width *= 2;
    }

    /** The largest magnitude, exactly; 0 of nothing. */
    public float largest() {
        return largest;
    }

    /** How many numbers were counted. */
    public long total() {
        return total;
    }

    /** How many are in a bin. */
    public long count(int bin) {
        return counts[bin];
    }

    /** The size of a bin; 0 while everything is 0. */
    public double width() {
        return width;
    }

    /** The least number above a bin, and at most the largest that there was. */
    public float end(int bin) {
        return Math.min(largest, (float) (width * (bin + 1)));
    }
}
