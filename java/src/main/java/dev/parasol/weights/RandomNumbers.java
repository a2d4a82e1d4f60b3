package dev.parasol.weights;

/** The numbers that the kernel {@code random_fill} makes, on the host: the sum of four 16-bit parts of a SplitMix64 hash. */
final class RandomNumbers {
    private static final long GAMMA = 0x9e3779b97f4a7c15L;
    private static final float MEAN_SUM = 131_070f;
    /** 1 / sqrt(4 (65536^2 - 1) / 12). */
    private static final float INVERSE_DEVIATION = 2.6428998e-5f;

    private RandomNumbers() {}

    /** Element {@code index} of the sequence of {@code seed}. */
    static float normal(long seed, long index, float mean, float deviation) {
        long bits = mix(mix(seed + GAMMA) + index * GAMMA);
        long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
        return Math.fma((sum - MEAN_SUM) * INVERSE_DEVIATION, deviation, mean);
    }

    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
