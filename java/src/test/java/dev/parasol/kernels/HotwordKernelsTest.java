package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.cuda.DataType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels of hotwords on whatever device there is, against double precision. */
class HotwordKernelsTest {
    private Device device;

    @BeforeEach
    void open() {
        device = new Device();
    }

    @AfterEach
    void close() {
        device.close();
    }

    /** Random numbers in a matrix of this type, as they are after rounding. */
    private Matrix matrix(DataType type, long seed, int rows, int cols) {
        Matrix floats = device.matrix(Device.random(seed, rows * cols), rows, cols);
        if (type == DataType.F32) {
            return floats;
        }
        Matrix halves = device.matrix(type, rows, cols, cols);
        device.kernels().convert().launch(device.stream(), floats, halves, 0);
        return halves;
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"F32", "F16"})
    void addRows(DataType type) {
        int rows = 13;
        int cols = 70;
        float[] a = Device.random(1, rows * cols);
        float[] b = Device.random(2, rows * cols);
        Matrix output = device.matrix(type, rows, cols, 72);
        device.kernels().addRows().launch(device.stream(), device.matrix(a, rows, cols), device.matrix(b, rows, cols), output, device.ints(rows - 1));
        float[] found = device.read(output);
        for (int i = 0; i < found.length; i++) {
            int c = i % 72;
            if (i / 72 == rows - 1) {
                assertThat(found[i]).as("a row behind the end").isNaN();
            } else if (c >= cols) {
                assertThat(found[i]).as("padding").isZero();
            } else {
                double expected = (double) a[i / 72 * cols + c] + b[i / 72 * cols + c];
                assertThat((double) found[i]).isCloseTo(expected, within((type == DataType.F32 ? 1e-6 : 1e-3) * Math.max(1, Math.abs(expected))));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"F32", "F16"})
    void gatherRows(DataType type) {
        int cols = 70;
        int[] index = {4, 0, 0, 8, 3};
        Matrix input = matrix(type, 3, 9, cols);
        Matrix output = device.matrix(type, index.length, cols, 72);
        device.kernels().gatherRows().launch(device.stream(), input, device.ints(index), output);
        float[] from = device.read(input);
        float[] found = device.read(output);
        for (int i = 0; i < index.length; i++) {
            float[] expected = Arrays.copyOf(Arrays.copyOfRange(from, index[i] * cols, (index[i] + 1) * cols), 72);
            assertThat(Arrays.copyOfRange(found, i * 72, (i + 1) * 72)).containsExactly(expected);
        }
    }

    @Test
    void mergeIds() {
        int none = 7;
        int[] ids = IntStream.range(0, 300).map(i -> 100 + i).toArray();
        int[] others = IntStream.range(0, 300).map(i -> i % 3 == 0 ? none : i).toArray();
        long address = device.ints(ids);
        device.kernels().mergeIds().launch(device.stream(), address, device.ints(others), none, ids.length, device.ints(290));
        assertThat(device.readInts(address, ids.length))
                .containsExactly(IntStream.range(0, 300).map(i -> i < 290 && others[i] != none ? others[i] : ids[i]).toArray());
    }

    @ParameterizedTest
    @CsvSource({"F32, 2, 18, 5", "F16, 4, 128, 300"})
    void attentionMass(DataType type, int heads, int headSize, int keys) {
        int[] lengths = {7, 1, 20};
        int[] offsets = Device.offsets(lengths);
        int cols = heads * headSize;
        Matrix q = matrix(type, 4, offsets[lengths.length], cols);
        Matrix k = matrix(type, 5, keys, cols);
        long mass = device.allocate(4L * lengths.length * heads * keys);
        device.kernels().attentionMass().launch(device.stream(), heads, q, device.ragged(lengths), k, mass);

        float[] queries = device.read(q);
        float[] keyRows = device.read(k);
        float[] found = device.readFloats(mass, lengths.length * heads * keys);
        for (int b = 0; b < lengths.length; b++) {
            for (int h = 0; h < heads; h++) {
                double[] expected = new double[keys];
                for (int row = offsets[b]; row < offsets[b + 1]; row++) {
                    double[] weights = new double[keys];
                    for (int j = 0; j < keys; j++) {
                        double logit = 0;
                        for (int c = h * headSize; c < (h + 1) * headSize; c++) {
                            logit += (double) queries[row * cols + c] * keyRows[j * cols + c];
                        }
                        weights[j] = Math.exp(logit / Math.sqrt(headSize));
                    }
                    double sum = Arrays.stream(weights).sum();
                    for (int j = 0; j < keys; j++) {
                        expected[j] += weights[j] / sum;
                    }
                }
                for (int j = 0; j < keys; j++) {
                    assertThat((double) found[(b * heads + h) * keys + j]).as("utterance %d, head %d, key %d", b, h, j)
                            .isCloseTo(expected[j], within(1e-5 * Math.max(1, expected[j])));
                }
            }
        }
    }

    /** Whole numbers, so that sums over heads are exact and some are equal: of those the first key counts. */
    @Test
    void topKeys() {
        int batch = 3;
        int heads = 4;
        int keys = 600;
        int count = 50;
        float[] mass = Device.random(6, batch * heads * keys);
        for (int i = 0; i < mass.length; i++) {
            mass[i] = Math.round(20 * Math.abs(mass[i]));
        }
        long index = device.allocate(4L * batch * (count + 1));
        long offsets = device.allocate(4L * (batch + 1));
        device.kernels().topKeys().launch(device.stream(), device.floats(mass), batch, heads, keys, count, index, offsets);
        int[] found = device.readInts(index, batch * (count + 1));
        for (int b = 0; b < batch; b++) {
            int first = b * heads * keys;
            Comparator<Integer> byMass = Comparator.comparingDouble(key -> -IntStream.range(0, heads).mapToDouble(h -> mass[first + h * keys + key]).sum());
            int[] best = IntStream.range(0, keys).boxed().sorted(byMass).limit(count).mapToInt(Integer::intValue).toArray();
            assertThat(Arrays.copyOfRange(found, b * (count + 1), b * (count + 1) + count)).containsExactly(best);
            assertThat(found[b * (count + 1) + count]).as("the last key").isEqualTo(keys - 1);
        }
        assertThat(device.readInts(offsets, batch + 1)).containsExactly(0, count + 1, 2 * (count + 1), 3 * (count + 1));
    }
}
