package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.cuda.DataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GemmArgmaxTest {
    private Device device;

    @BeforeEach
    void open() {
        device = new Device();
    }

    @AfterEach
    void close() {
        device.close();
    }

    @ParameterizedTest
    @CsvSource({"F16, 5, 300", "F16, 40, 65", "F16, 150, 200", "F32, 3, 64", "F32, 70, 131"})
    void findsTheLargestLogitOfTheProduct(DataType type, int m, int n) {
        Matrix a = GemmTest.operand(device, type, m, 100, 128, 1);
        Matrix w = GemmTest.operand(device, type, n, 100, 128, 2);
        float[] bias = Device.random(3, n);
        int rows = m - 1;
        long count = device.ints(rows);
        int tiles = GemmArgmax.tiles(n);
        Matrix partialValues = device.matrix(tiles, m);
        long partialIds = device.allocate(4L * tiles * m);
        Matrix values = device.matrix(m, 1);
        long ids = device.allocate(4L * m);
        GemmArgmax argmax = device.kernels().gemmArgmax();
        argmax.launch(device.stream(), a, w, device.floats(bias), partialValues.address(), partialIds, count);
        argmax.reduce(device.stream(), partialValues.address(), partialIds, ids, values.address(), m, tiles, count);

        float[] left = device.read(a);
        float[] right = device.read(w);
        int[] found = device.readInts(ids, m);
        float[] largest = device.read(values);
        for (int row = 0; row < rows; row++) {
            int best = 0;
            double bestLogit = Double.NEGATIVE_INFINITY;
            for (int col = 0; col < n; col++) {
                double logit = GemmTest.dot(left, row, a, right, col, w) + bias[col];
                if (logit > bestLogit) {
                    bestLogit = logit;
                    best = col;
                }
            }
            assertThat(found[row]).as("row %d", row).isEqualTo(best);
            assertThat((double) largest[row]).as("row %d", row).isCloseTo(bestLogit, within(1e-4));
        }
        assertThat(found[rows]).as("a row behind the true count").isEqualTo(-1);
        assertThat(largest[rows]).as("a row behind the true count").isNaN();
    }

    @Test
    void wrongShapesAreNamed() {
        GemmArgmax argmax = device.kernels().gemmArgmax();
        Matrix a = device.matrix(DataType.F16, 4, 64, 64);
        Matrix w = device.matrix(DataType.F16, 8, 128, 128);
        assertThatThrownBy(() -> argmax.launch(device.stream(), a, w, 0, 1, 1, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("gemm_argmax: the column count of A is 64, but must be 128");
        assertThatThrownBy(() -> argmax.launch(device.stream(), a, a, 0, 0, 1, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("gemm_argmax: the buffer of partial values has no address");
        assertThatThrownBy(() -> argmax.reduce(device.stream(), 1, 1, 1, 1, 4, 0, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("argmax_reduce: the tile count is 0, but must be at least 1");
    }
}
