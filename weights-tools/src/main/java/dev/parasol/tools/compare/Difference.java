package dev.parasol.tools.compare;

/** How far numbers are from others that they should be. Grows by whole tensors; nothing of them is kept. Not thread-safe. */
public final class Difference {
    private static final double MOST_DECIBELS = 200;

    private double signal;
    private double other;
    private double product;
    private double noise;

    /** Adds numbers; {@link IllegalArgumentException} when there are not as many of the one as of the other. */
    public void add(float[] exact, float[] found) {
        if (exact.length != found.length) {
            throw new IllegalArgumentException(exact.length + " numbers beside " + found.length);
        }
        for (int i = 0; i < exact.length; i++) {
            signal += (double) exact[i] * exact[i];
            other += (double) found[i] * found[i];
            product += (double) exact[i] * found[i];
            noise += ((double) found[i] - exact[i]) * ((double) found[i] - exact[i]);
        }
    }

    /** Power of what should be over power of the difference, in decibels; at most 200, which is also that of no difference. */
    public double decibels() {
        return noise == 0 ? MOST_DECIBELS : Math.min(MOST_DECIBELS, 10 * Math.log10(signal / noise));
    }

    /** The cosine of the angle between all numbers as two vectors; 1 where both are nothing but 0. */
    public double cosine() {
        return signal == 0 && other == 0 ? 1 : product / Math.sqrt(signal * other);
    }
}
