package dev.parasol.bench.figures;

/**
 * What int8 does to the input of one linear layer by how many scales there are: one for everything (the largest magnitude of all recordings, which is the
 * most that calibration can know), one a token, one a token and 128 columns.
 */
final class ScalingNoise {
    private static final int BLOCK = 128;

    final Noise one = new Noise();
    final Noise tokens = new Noise();
    final Noise blocks = new Noise();
    private final float largest;

    ScalingNoise(float largest) {
        this.largest = largest;
    }

    /** Rows of {@code cols} numbers. */
    void add(float[] rows, int cols) {
        for (int row = 0; row < rows.length; row += cols) {
            quantize(rows, row, row + cols, largest, one);
            quantize(rows, row, row + cols, largest(rows, row, row + cols), tokens);
            for (int col = 0; col < cols; col += BLOCK) {
                int end = row + Math.min(col + BLOCK, cols);
                quantize(rows, row + col, end, largest(rows, row + col, end), blocks);
            }
        }
    }

    static float largest(float[] values, int from, int to) {
        float largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    private static void quantize(float[] values, int from, int to, float largest, Noise noise) {
        float scale = largest / 127;
        for (int i = from; i < to; i++) {
            double q = scale == 0 ? 0 : Math.max(-127, Math.min(127, Math.rint(values[i] / scale)));
            noise.add(values[i], q * scale);
        }
    }
}
