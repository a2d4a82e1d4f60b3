package dev.parasol.bench.figures;

import java.util.Locale;

/** How far numbers are from what they should be: signal to noise in decibels, and the cosine of the two as vectors. Not thread-safe. */
final class Noise {
    private double signal;
    private double noise;
    private double product;
    private double square;

    void add(double exact, double actual) {
        signal += exact * exact;
        noise += (exact - actual) * (exact - actual);
        product += exact * actual;
        square += actual * actual;
    }

    void add(float[] exact, float[] actual) {
        for (int i = 0; i < exact.length; i++) {
            add(exact[i], actual[i]);
        }
    }

    double decibels() {
        return 10 * Math.log10(signal / noise);
    }

    double cosine() {
        return product / Math.sqrt(signal * square);
    }

    String text() {
        return String.format(Locale.ROOT, "%.1f dB, %.6f", decibels(), cosine());
    }
}
