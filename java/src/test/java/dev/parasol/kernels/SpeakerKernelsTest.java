package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.DataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernels of a speaker network on whatever device there is, against double precision. */
class SpeakerKernelsTest {
    private static final double LIMIT = 1e-4;
    private static final int[] LENGTHS = {37, 1, 120};
    private static final int[] OFFSETS = Device.offsets(LENGTHS);
    private static final int ROWS = OFFSETS[LENGTHS.length];

    private Device device;

    @BeforeEach
    void open() {
        device = new Device();
    }

    @AfterEach
    void close() {
        device.close();
    }

    private static int utterance(int[] offsets, int row) {
        int b = 0;
        while (offsets[b + 1] <= row) {
            b++;
        }
        return b;
    }

    private static void close(float[] found, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(Math.abs(found[i] - expected[i])).as("element %d: %s, expected %s", i, found[i], expected[i]).isLessThan(LIMIT * Math.max(1, Math.abs(expected[i])));
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 1, 32, 3, 3, 1, 1, 1", "9, 32, 32, 3, 3, 1, 2, 1", "6, 32, 32, 1, 1, 1, 2, 1", "1, 320, 64, 5, 1, 2, 1, 1", "1, 128, 32, 3, 1, 1, 1, 2"})
    void conv(int fIn, int cIn, int cOut, int tapsT, int tapsF, int strideT, int strideF, int dilation) {
        Conv.Shape shape = new Conv.Shape(fIn, cIn, cOut, tapsT, tapsF, strideT, strideF, dilation);
        int[] lengths = new int[LENGTHS.length];
        int[] segments = new int[LENGTHS.length];
        for (int b = 0; b < lengths.length; b++) {
            lengths[b] = (LENGTHS[b] + strideT - 1) / strideT;
            segments[b] = (lengths[b] + 9) / 10;
        }
        Ragged outputs = device.ragged(lengths);
        int[] outputOffsets = Device.offsets(lengths);
        int[] segmentOffsets = Device.offsets(segments);
        float[] input = Device.random(1, ROWS * fIn * cIn);
        float[] weight = Device.random(2, tapsT * tapsF * cIn * cOut);
        float[] bias = Device.random(3, cOut);
        float[] residual = Device.random(4, outputs.rows() * shape.fOut() * cOut);
        float[] gate = Device.random(5, segmentOffsets[lengths.length] * cOut);
        Matrix output = device.matrix(outputs.rows(), shape.fOut() * cOut);
        device.kernels().conv().launch(device.stream(), shape, new Conv.Slice(device.matrix(input, ROWS, fIn * cIn), 0), device.ints(OFFSETS), device.floats(weight),
                device.floats(bias), device.floats(residual), new Conv.Gate(device.floats(gate), device.ints(segmentOffsets), 10), true,
                new Conv.Slice(output, 0), outputs, 0, outputs.rows());

        double[] expected = new double[residual.length];
        for (int row = 0; row < outputs.rows(); row++) {
            int b = utterance(outputOffsets, row);
            int centre = OFFSETS[b] + (row - outputOffsets[b]) * strideT;
            for (int f = 0; f < shape.fOut(); f++) {
                for (int co = 0; co < cOut; co++) {
                    int at = (row * shape.fOut() + f) * cOut + co;
                    double sum = (double) bias[co] + residual[at];
                    for (int tap = 0; tap < tapsT * tapsF; tap++) {
                        int time = centre + (tap / tapsF - tapsT / 2) * dilation;
                        int frequency = f * strideF + tap % tapsF - tapsF / 2;
                        for (int ci = 0; ci < cIn && time >= OFFSETS[b] && time < OFFSETS[b + 1] && frequency >= 0 && frequency < fIn; ci++) {
                            sum += (double) input[(time * fIn + frequency) * cIn + ci] * weight[(tap * cIn + ci) * cOut + co];
                        }
                    }
                    expected[at] = Math.max(sum, 0) * gate[(segmentOffsets[b] + (row - outputOffsets[b]) / 10) * cOut + co];
                }
            }
        }
        close(device.read(output), expected);
    }

    @Test
    void scaleRelu() {
        int cols = 96;
        float[] input = Device.random(6, ROWS * cols);
        float[] scale = Device.random(7, cols);
        float[] shift = Device.random(8, cols);
        Matrix output = device.matrix(DataType.F32, ROWS, cols, 128);
        device.kernels().scaleRelu().launch(device.stream(), device.matrix(input, ROWS, cols), device.floats(scale), device.floats(shift), output, 0);
        double[] expected = new double[ROWS * 128];
        for (int i = 0; i < ROWS * cols; i++) {
            expected[i / cols * 128 + i % cols] = Math.max((double) input[i] * scale[i % cols] + shift[i % cols], 0);
        }
        close(device.read(output), expected);
    }

    @Test
    void contextAwareMask() {
        int channels = 128;
        int hidden = 64;
        int outputs = 32;
        int[] counts = {4, 1, 12};
        int[] segments = Device.offsets(counts);
        float[] input = Device.random(9, ROWS * channels);
        float[] weight1 = Device.random(10, channels * hidden);
        float[] bias1 = Device.random(11, hidden);
        float[] weight2 = Device.random(12, hidden * outputs);
        float[] bias2 = Device.random(13, outputs);
        for (int i = 0; i < weight2.length; i++) {
            weight2[i] /= 20;
        }
        Matrix sums = device.matrix(17, channels);
        Matrix gate = device.matrix(17, outputs);
        long offsets = device.ints(OFFSETS);
        Ragged ragged = device.ragged(counts);
        device.kernels().segmentSum().launch(device.stream(), device.matrix(input, ROWS, channels), offsets, ragged, 10, sums);
        device.kernels().camGate().launch(device.stream(), sums, offsets, ragged, 10,
                new CamGate.Weights(device.floats(weight1), device.floats(bias1), device.floats(weight2), device.floats(bias2)), hidden, gate);

        double[] expected = new double[17 * outputs];
        for (int segment = 0; segment < 17; segment++) {
            int b = utterance(segments, segment);
            int first = OFFSETS[b] + (segment - segments[b]) * 10;
            double[] inner = new double[hidden];
            for (int h = 0; h < hidden; h++) {
                inner[h] = bias1[h];
                for (int c = 0; c < channels; c++) {
                    inner[h] += (mean(input, channels, c, OFFSETS[b], OFFSETS[b + 1]) + mean(input, channels, c, first, Math.min(first + 10, OFFSETS[b + 1])))
                            * weight1[c * hidden + h];
                }
            }
            for (int o = 0; o < outputs; o++) {
                double sum = bias2[o];
                for (int h = 0; h < hidden; h++) {
                    sum += Math.max(inner[h], 0) * weight2[h * outputs + o];
                }
                expected[segment * outputs + o] = 1 / (1 + Math.exp(-sum));
            }
        }
        close(device.read(gate), expected);
    }

    private static double mean(float[] values, int cols, int col, int first, int end) {
        double sum = 0;
        for (int row = first; row < end; row++) {
            sum += values[row * cols + col];
        }
        return sum / (end - first);
    }

    @Test
    void center() {
        int cols = 80;
        float[] values = Device.random(14, ROWS * cols);
        Matrix matrix = device.matrix(values, ROWS, cols);
        device.kernels().center().launch(device.stream(), matrix, device.ints(OFFSETS), LENGTHS.length);
        double[] expected = new double[values.length];
        for (int i = 0; i < expected.length; i++) {
            int b = utterance(OFFSETS, i / cols);
            expected[i] = values[i] - mean(values, cols, i % cols, OFFSETS[b], OFFSETS[b + 1]);
        }
        close(device.read(matrix), expected);
    }

    @Test
    void statsPool() {
        int cols = 72;
        float[] input = Device.random(15, ROWS * cols);
        float[] scale = Device.random(16, cols);
        float[] shift = Device.random(17, cols);
        Matrix output = device.matrix(LENGTHS.length, 2 * cols);
        device.kernels().statsPool().launch(device.stream(), device.matrix(input, ROWS, cols), device.floats(scale), device.floats(shift), device.ints(OFFSETS), output);
        double[] expected = new double[LENGTHS.length * 2 * cols];
        for (int b = 0; b < LENGTHS.length; b++) {
            for (int c = 0; c < cols; c++) {
                double sum = 0;
                double squares = 0;
                for (int row = OFFSETS[b]; row < OFFSETS[b + 1]; row++) {
                    double x = Math.max((double) input[row * cols + c] * scale[c] + shift[c], 0);
                    sum += x;
                    squares += x * x;
                }
                expected[b * 2 * cols + c] = sum / LENGTHS[b];
                expected[b * 2 * cols + cols + c] = Math.sqrt(Math.max(0, squares - sum * sum / LENGTHS[b]) / Math.max(1, LENGTHS[b] - 1));
            }
        }
        close(device.read(output), expected);
    }
}
