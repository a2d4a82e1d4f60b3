package dev.parasol.tools.quantize;

import java.util.Locale;

/** How the range of a layer's input is found from its {@link Magnitudes}: what is larger is cut off. */
public enum Calibration {
    /** The largest magnitude: nothing is cut off. */
    MAX {
        @Override
        public float threshold(Magnitudes magnitudes) {
            return magnitudes.largest();
        }
    },
    /** All but one number in ten thousand are within. */
    PERCENTILE {
        @Override
        public float threshold(Magnitudes magnitudes) {
            return percentile(magnitudes, KEPT);
        }
    },
    /** The least Kullback-Leibler divergence of what is kept from what it becomes; see {@link EntropyThreshold}. */
    ENTROPY {
        @Override
        public float threshold(Magnitudes magnitudes) {
            return EntropyThreshold.of(magnitudes);
        }
    },
    /** The least mean square of the difference, of what is rounded and of what is cut off together. */
    MSE {
        @Override
        public float threshold(Magnitudes magnitudes) {
            return leastSquares(magnitudes);
        }
    };

    /** The largest int8 magnitude. */
    static final int LEVELS = 127;

    private static final double KEPT = 0.9999;
    private static final int FIRST = 128;
    private static final int STEP = 8;
    /** Where a bin's numbers are taken to be: a level of int8 may be not much wider than a bin. */
    private static final int POINTS = 4;

    /** The magnitude that becomes 127; 0 where everything is 0. */
    public abstract float threshold(Magnitudes magnitudes);

    /** What it is called in files and options. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scale of int8: a number is about q times that. */
    public float scale(Magnitudes magnitudes) {
        return threshold(magnitudes) / LEVELS;
    }

    static float percentile(Magnitudes magnitudes, double kept) {
        long wanted = (long) Math.ceil(kept * magnitudes.total());
        long seen = 0;
        for (int bin = 0; bin < Magnitudes.BINS; bin++) {
            seen += magnitudes.count(bin);
            if (seen >= wanted) {
                return magnitudes.end(bin);
            }
        }
        return magnitudes.largest();
    }

    private static float leastSquares(Magnitudes magnitudes) {
        double least = Double.POSITIVE_INFINITY;
        float best = magnitudes.largest();
        // The whole range first, so that it stays where nothing is better.
        for (int bins = Magnitudes.BINS; bins >= FIRST; bins -= STEP) {
            float threshold = magnitudes.end(bins - 1);
            double square = square(magnitudes, threshold);
            if (square < least) {
                least = square;
                best = threshold;
            }
        }
        return best;
    }

    /** Mean of squared differences times how many there are, the numbers of a bin taken to be spread evenly over it. */
    private static double square(Magnitudes magnitudes, float threshold) {
        double scale = (double) threshold / LEVELS;
        double sum = 0;
        for (int bin = 0; bin < Magnitudes.BINS; bin++) {
            for (int point = 0; point < POINTS && magnitudes.count(bin) > 0; point++) {
                double value = (bin + (point + 0.5) / POINTS) * magnitudes.width();
                double level = scale == 0 ? 0 : Math.min(LEVELS, Math.rint(value / scale));
                sum += magnitudes.count(bin) * (value - level * scale) * (value - level * scale) / POINTS;
            }
        }
        return sum;
    }
}
