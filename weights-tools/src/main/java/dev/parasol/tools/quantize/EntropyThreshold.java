package dev.parasol.tools.quantize;

/**
 * The threshold of entropy calibration: for every candidate, the histogram up to it, what lies beyond added to its last bin, is
 * compared with what 128 levels leave of it, spread evenly over the bins of a level that have anything in them; the least
 * Kullback-Leibler divergence wins. (Migacz, "8-bit inference with TensorRT", GTC 2017; as there, bin 0 is taken to have what bin 1
 * has, since the exact zeros of ReLU cost nothing at any scale and would outweigh everything else.)
 */
final class EntropyThreshold {
    private static final int LEVELS = 128;
    private static final int STEP = 8;

    private EntropyThreshold() {}

    static float of(Magnitudes magnitudes) {
        double[] counts = new double[Magnitudes.BINS];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = magnitudes.count(Math.max(i, 1));
        }
        double least = Double.POSITIVE_INFINITY;
        int best = Magnitudes.BINS;
        for (int bins = Magnitudes.BINS; bins >= LEVELS; bins -= STEP) {
            double divergence = divergence(counts, bins);
            if (divergence < least) {
                least = divergence;
                best = bins;
            }
        }
        return magnitudes.end(best - 1);
    }

    /** Of the first {@code bins} with the rest added to the last, from what {@value #LEVELS} levels of the first {@code bins} alone leave. */
    static double divergence(double[] counts, int bins) {
        double beyond = 0;
        double total = 0;
        for (int i = 0; i < counts.length; i++) {
            total += counts[i];
            beyond += i >= bins ? counts[i] : 0;
        }
        double within = total - beyond;
        if (within == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double divergence = 0;
        for (int level = 0; level < LEVELS; level++) {
            int from = (int) ((long) level * bins / LEVELS);
            int to = (int) ((long) (level + 1) * bins / LEVELS);
            double sum = 0;
            int filled = 0;
            for (int i = from; i < to; i++) {
                sum += counts[i];
                filled += counts[i] > 0 ? 1 : 0;
            }
            for (int i = from; i < to; i++) {
                double p = counts[i] + (i == bins - 1 ? beyond : 0);
                if (p > 0) {
                    double q = counts[i] > 0 ? sum / filled / within : 0;
                    divergence += p / total * Math.log(p / total / Math.max(q, 1e-12));
                }
            }
        }
        return divergence;
    }
}
