package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.cuda.DataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The FSMN memory with its layer norm on whatever device there is, against double precision. */
class FsmnNormTest {
    private static final int[] LENGTHS = {9, 0, 1, 40};
    private static final int[] OFFSETS = Device.offsets(LENGTHS);
    private static final int ROWS = OFFSETS[LENGTHS.length];
    private static final int TAPS = 11;
    private static final int LEFT = 6;
    private static final float EPSILON = 1e-5f;

    private final Device device = new Device();

    @AfterEach
    void close() {
        device.close();
    }

    @ParameterizedTest
    @CsvSource({"F32, F32, 140", "F32, F16, 512", "F16, F16, 512"})
    void remembersWithinUtterancesAndNorms(DataType type, DataType normType, int channels) {
        Matrix input = device.matrix(Device.random(1, ROWS * channels), ROWS, channels);
        if (type == DataType.F16) {
            Matrix halves = device.matrix(type, ROWS, channels, channels + 8);
            device.kernels().convert().launch(device.stream(), input, halves, 0);
            input = halves;
        }
        float[] weight = Device.random(2, TAPS * channels);
        float[] residual = Device.random(3, ROWS * channels);
        float[] gamma = Device.random(4, channels);
        float[] beta = Device.random(5, channels);
        Matrix x = device.matrix(residual, ROWS, channels);
        Matrix norm = device.matrix(normType, ROWS, channels, channels + 20);
        device.kernels().fsmnNorm().launch(device.stream(), input, device.floats(weight), TAPS, LEFT, device.ragged(LENGTHS), x, device.floats(gamma),
                device.floats(beta), EPSILON, norm);

        float[] in = device.read(input);
        float[] sums = device.read(x);
        float[] norms = device.read(norm);
        for (int b = 0; b < LENGTHS.length; b++) {
            for (int row = OFFSETS[b]; row < OFFSETS[b + 1]; row++) {
                double[] sum = new double[channels];
                double mean = 0;
                for (int c = 0; c < channels; c++) {
                    sum[c] = (double) residual[row * channels + c] + in[row * input.stride() + c];
                    for (int j = 0; j < TAPS; j++) {
                        int from = row + j - LEFT;
                        sum[c] += from < OFFSETS[b] || from >= OFFSETS[b + 1] ? 0 : (double) weight[j * channels + c] * in[from * input.stride() + c];
                    }
                    mean += sum[c] / channels;
                    assertThat((double) sums[row * channels + c]).as("x[%d, %d]", row, c).isCloseTo(sum[c], within(1e-4));
                }
                double variance = 0;
                for (double value : sum) {
                    variance += (value - mean) * (value - mean) / channels;
                }
                for (int c = 0; c < norm.stride(); c++) {
                    double expected = c < channels ? (sum[c] - mean) / Math.sqrt(variance + EPSILON) * gamma[c] + beta[c] : 0;
                    assertThat((double) norms[row * norm.stride() + c]).as("norm[%d, %d]", row, c)
                            .isCloseTo(expected, within((normType == DataType.F32 ? 1e-5 : 1e-3) * Math.max(1, Math.abs(expected))));
                }
            }
        }
    }

    @Test
    void noRowsAreNoWork() {
        Matrix none = device.matrix(DataType.F32, 0, 8, 8);
        long before = device.context().launches();
        device.kernels().fsmnNorm().launch(device.stream(), none, device.floats(new float[8]), 1, 0, device.ragged(0), none, device.floats(new float[8]),
                device.floats(new float[8]), EPSILON, none);
        assertThat(device.context().launches()).isEqualTo(before);
    }
}
