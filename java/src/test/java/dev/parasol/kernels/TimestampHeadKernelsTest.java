package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.cuda.DataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernels of CIF's timestamp head on whatever device there is, against double precision. */
class TimestampHeadKernelsTest {
    private static final int[] LENGTHS = {5, 1, 12};
    private static final int REPEAT = 3;
    private static final int[] OFFSETS = Device.offsets(LENGTHS);
    private static final int STEPS = REPEAT * OFFSETS[LENGTHS.length];

    private Device device;

    @BeforeEach
    void open() {
        device = new Device();
    }

    @AfterEach
    void close() {
        device.close();
    }

    private static double limit(DataType type) {
        return type == DataType.F32 ? 2e-5 : 2e-3;
    }

    /** Random numbers in a matrix of this type, as they are after rounding. */
    private Matrix matrix(DataType type, long seed, int rows, int cols, float scale) {
        float[] values = Device.random(seed, rows * cols);
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
        }
        Matrix floats = device.matrix(values, rows, cols);
        if (type == DataType.F32) {
            return floats;
        }
        Matrix halves = device.matrix(type, rows, cols, cols);
        device.kernels().convert().launch(device.stream(), floats, halves, 0);
        return halves;
    }

    /** Sizes that leave threads idle, that fill a block, and that take one share of the state. */
    @ParameterizedTest
    @CsvSource({"F32, 12, false", "F32, 512, true", "F16, 320, false", "F16, 128, true"})
    void lstm(DataType type, int hidden, boolean reverse) {
        Matrix gates = matrix(type, 1, STEPS, 4 * hidden, 1);
        Matrix weight = matrix(type, 2, hidden, 4 * hidden, (float) (1 / Math.sqrt(hidden)));
        float[] bias = Device.random(3, 4 * hidden);
        Matrix output = device.matrix(type, STEPS, hidden, hidden);
        device.kernels().lstm().launch(device.stream(), gates, weight, device.floats(bias), device.ragged(LENGTHS), REPEAT, reverse, output);

        float[] in = device.read(gates);
        float[] w = device.read(weight);
        float[] found = device.read(output);
        for (int b = 0; b < LENGTHS.length; b++) {
            int first = REPEAT * OFFSETS[b];
            int steps = REPEAT * LENGTHS[b];
            double[] state = new double[hidden];
            double[] cell = new double[hidden];
            for (int step = 0; step < steps; step++) {
                int row = first + (reverse ? steps - 1 - step : step);
                double[] sum = new double[4 * hidden];
                for (int g = 0; g < sum.length; g++) {
                    sum[g] = (double) in[row * 4 * hidden + g] + bias[g];
                    for (int k = 0; k < hidden; k++) {
                        sum[g] += state[k] * w[k * 4 * hidden + g];
                    }
                }
                for (int u = 0; u < hidden; u++) {
                    cell[u] = sigmoid(sum[hidden + u]) * cell[u] + sigmoid(sum[u]) * Math.tanh(sum[2 * hidden + u]);
                    state[u] = sigmoid(sum[3 * hidden + u]) * Math.tanh(cell[u]);
                    assertThat((double) found[row * hidden + u]).as("row %d, unit %d", row, u).isCloseTo(state[u], within(limit(type)));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, 37", "F16, 256"})
    void upsampledAlpha(DataType type, int cols) {
        float[] weight = Device.random(4, 2 * cols);
        for (int i = 0; i < weight.length; i++) {
            weight[i] /= (float) Math.sqrt(cols);
        }
        float bias = -0.2f;
        Matrix forwards = matrix(type, 5, STEPS, cols, 1);
        Matrix backwards = matrix(type, 6, STEPS, cols, 1);
        long alphas = device.allocate(4L * STEPS);
        long address = device.floats(weight);
        long rows = device.ints(OFFSETS[LENGTHS.length] - 2);
        device.kernels().upsampledAlpha().products(device.stream(), forwards, address, rows, REPEAT, alphas);
        device.kernels().upsampledAlpha().weights(device.stream(), backwards, address + 4L * cols, device.floats(bias), rows, REPEAT, 1.1f, 0.25f, alphas);

        float[] left = device.read(forwards);
        float[] right = device.read(backwards);
        float[] found = device.readFloats(alphas, STEPS);
        for (int row = 0; row < STEPS; row++) {
            if (row >= STEPS - 2 * REPEAT) {
                assertThat(found[row]).as("row %d is behind the end", row).isNaN();
                continue;
            }
            double sum = bias;
            for (int c = 0; c < cols; c++) {
                sum += (double) left[row * cols + c] * weight[c] + (double) right[row * cols + c] * weight[cols + c];
            }
            assertThat((double) found[row]).as("row %d", row).isCloseTo(Math.max(sigmoid(sum) * 1.1f - 0.25f, 0), within(1e-5));
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
