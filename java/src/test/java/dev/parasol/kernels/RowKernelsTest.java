package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.cuda.DataType;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Launchers of the row-wise kernels against plain double-precision references: that every argument reaches its field. */
class RowKernelsTest {
    private static final Offset<Double> CLOSE = within(1e-4);

    private final Device device = new Device();

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void layerNormWritesBothOutputsUpToTheTrueRows() {
        int cols = 140;
        float[] x = Device.random(1, 3 * cols);
        float[] gamma = Device.random(2, cols);
        float[] beta = Device.random(3, cols);
        Matrix input = device.matrix(x, 3, cols);
        Matrix half = device.matrix(DataType.F16, 3, cols, 192);
        Matrix full = device.matrix(DataType.F32, 3, cols, 144);

        device.kernels().layerNorm().launch(device.stream(), input, device.floats(gamma), device.floats(beta), half, full, device.ints(2), 1e-12f);

        float[] h = device.read(half);
        float[] f = device.read(full);
        for (int r = 0; r < 2; r++) {
            double mean = 0;
            double variance = 0;
            for (int c = 0; c < cols; c++) {
                mean += x[r * cols + c] / (double) cols;
            }
            for (int c = 0; c < cols; c++) {
                variance += Math.pow(x[r * cols + c] - mean, 2) / cols;
            }
            for (int c = 0; c < 192; c++) {
                double expected = c < cols ? (x[r * cols + c] - mean) / Math.sqrt(variance) * gamma[c] + beta[c] : 0;
                assertThat((double) h[r * 192 + c]).isCloseTo(expected, within(5e-3));
                if (c < 144) {
                    assertThat((double) f[r * 144 + c]).isCloseTo(expected, CLOSE);
                }
            }
        }
        assertThat(f[2 * 144]).isNaN();
        assertThat(h[2 * 192]).isNaN();
    }

    @Test
    void layerNormTakesHalfPrecision() {
        float[] ones = {1, 1, 1, 1};
        Matrix half = device.matrix(DataType.F16, 1, 4, 64);
        device.kernels().convert().launch(device.stream(), device.matrix(new float[] {-3, -1, 1, 3}, 1, 4), half, 0);
        Matrix output = device.matrix(1, 4);

        device.kernels().layerNorm().launch(device.stream(), half, device.floats(ones), device.floats(0, 0, 0, 10), null, output, 0, 1e-12f);

        double step = 1 / Math.sqrt(5);
        float[] y = device.read(output);
        assertThat((double) y[0]).isCloseTo(-3 * step, CLOSE);
        assertThat((double) y[3]).isCloseTo(10 + 3 * step, CLOSE);
    }

    @Test
    void fsmnFiltersWithinUtterances() {
        int[] lengths = {9, 0, 4};
        int[] offsets = Device.offsets(lengths);
        int channels = 12;
        int taps = 5;
        float[] x = Device.random(4, 13 * 16);
        float[] weight = Device.random(5, taps * channels);
        float[] residual = Device.random(6, 13 * channels);
        Matrix input = new Matrix(device.floats(x), DataType.F32, 13, channels, 16);
        Matrix output = device.matrix(residual, 13, channels);

        device.kernels().fsmn().launch(device.stream(), input, device.floats(weight), taps, 3, output, device.ragged(lengths), output);

        float[] y = device.read(output);
        for (int b = 0; b < lengths.length; b++) {
            for (int t = offsets[b]; t < offsets[b + 1]; t++) {
                for (int c = 0; c < channels; c++) {
                    double expected = residual[t * channels + c] + x[t * 16 + c];
                    for (int j = 0; j < taps; j++) {
                        int source = t + j - 3;
                        expected += source < offsets[b] || source >= offsets[b + 1] ? 0 : weight[j * channels + c] * x[source * 16 + c];
                    }
                    assertThat((double) y[t * channels + c]).isCloseTo(expected, CLOSE);
                }
            }
        }
    }

    @Test
    void unfoldPutsNeighboursSideBySide() {
        float[] x = Device.random(7, 4 * 3);
        Matrix output = device.matrix(DataType.F32, 4, 9, 64);

        device.kernels().unfold().launch(device.stream(), device.matrix(x, 4, 3), device.ragged(3, 1), 1, 3, output);

        float[] y = device.read(output);
        for (int t = 0; t < 4; t++) {
            for (int c = 0; c < 64; c++) {
                int source = t + c / 3 - 1;
                boolean inside = c < 9 && (t < 3 ? source >= 0 && source < 3 : source == 3);
                assertThat(y[t * 64 + c]).isEqualTo(inside ? x[source * 3 + c % 3] : 0);
            }
        }
    }

    @Test
    void positionsBeginAtOneInEveryUtterance() {
        Matrix input = device.matrix(new float[3 * 4], 3, 4);
        Matrix output = device.matrix(3, 4);

        device.kernels().positionEncode().launch(device.stream(), input, device.ragged(2, 1), 8, output);

        float[] y = device.read(output);
        int[] positions = {1, 2, 1};
        for (int t = 0; t < 3; t++) {
            assertThat((double) y[t * 4]).isCloseTo(Math.sin(positions[t]), CLOSE);
            assertThat((double) y[t * 4 + 1]).isCloseTo(Math.sin(positions[t] * 1e-4), CLOSE);
            assertThat((double) y[t * 4 + 2]).isCloseTo(Math.cos(positions[t]), CLOSE);
            assertThat((double) y[t * 4 + 3]).isCloseTo(Math.cos(positions[t] * 1e-4), CLOSE);
        }
    }

    @Test
    void cifAlphaAddsTails() {
        float[] hidden = Device.random(8, 3 * 5);
        float[] weight = Device.random(9, 5);
        long alphas = device.allocate(4 * 5);

        device.kernels().cifAlpha().launch(device.stream(), device.matrix(hidden, 3, 5), device.floats(weight), device.floats(0.3f), device.ragged(2, 1), 0.9f, 0.1f,
                0.45f, alphas);

        float[] actual = device.readFloats(alphas, 5);
        int[] frames = {0, 1, -1, 2, -1};
        for (int i = 0; i < 5; i++) {
            double expected = 0.45;
            if (frames[i] >= 0) {
                double logit = 0.3;
                for (int c = 0; c < 5; c++) {
                    logit += hidden[frames[i] * 5 + c] * weight[c];
                }
                expected = Math.max(0, 0.9 / (1 + Math.exp(-logit)) - 0.1);
            }
            assertThat((double) actual[i]).isCloseTo(expected, CLOSE);
        }
    }

    @Test
    void cifFireRunsInSequenceToo() {
        long peaks = device.allocate(4 * 5);
        long fires = device.allocate(4 * 4);
        long remainders = device.allocate(4 * 4);
        long counts = device.allocate(4);

        device.kernels().cifFire().launch(device.stream(), device.floats(0.75f, 0.5f, 0.25f, 0.75f, 0.25f), device.ragged(4), true, peaks, fires, remainders, counts);

        assertThat(device.readFloats(peaks, 5)).containsExactly(0.75f, 1.25f, 0.5f, 1.25f, 0.5f);
        assertThat(device.readInts(counts, 1)).containsExactly(2);
        assertThat(device.readInts(fires, 2)).containsExactly(1, 3);
        assertThat(device.readFloats(remainders, 2)).containsExactly(0.25f, 0.25f);
    }

    @Test
    void convertRoundsToTheNearestAndBack() {
        Matrix half = device.matrix(DataType.F16, 2, 3, 64);
        Matrix back = device.matrix(2, 3);

        device.kernels().convert().launch(device.stream(), device.matrix(new float[] {1, 2049, -0.1f, 65504, 1e-8f, 3}, 2, 3), half, 0);
        device.kernels().convert().launch(device.stream(), half, back, 0);

        assertThat(device.read(back)).containsExactly(1, 2048, -0.099975586f, 65504, 0, 3);
        assertThat(device.read(half)[63]).isZero();
    }
}
