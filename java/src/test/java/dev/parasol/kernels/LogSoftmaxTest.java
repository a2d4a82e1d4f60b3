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

class LogSoftmaxTest {
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
    @CsvSource({"1, 1", "3, 127", "4, 1001"})
    void agreesWithReference(int rows, int cols) {
        float[] values = Device.random(1, rows * cols);
        for (int i = 0; i < values.length; i++) {
            values[i] *= 50;
        }
        Matrix logits = device.matrix(values, rows, cols);
        int trueRows = rows == 1 ? 1 : rows - 1;
        device.kernels().logSoftmax().launch(device.stream(), logits, logits, device.ints(trueRows));
        float[] result = device.read(logits);
        for (int row = 0; row < rows; row++) {
            double maximum = Double.NEGATIVE_INFINITY;
            double sum = 0;
            for (int col = 0; col < cols; col++) {
                maximum = Math.max(maximum, values[row * cols + col]);
            }
            for (int col = 0; col < cols; col++) {
                sum += Math.exp(values[row * cols + col] - maximum);
            }
            for (int col = 0; col < cols; col++) {
                double before = values[row * cols + col];
                double expected = row < trueRows ? before - maximum - Math.log(sum) : before;
                assertThat((double) result[row * cols + col]).as("[%d, %d]", row, col).isCloseTo(expected, within(1e-5 + 3e-7 * Math.abs(expected)));
            }
        }
    }

    @Test
    void wrongShapesAreNamed() {
        LogSoftmax logSoftmax = device.kernels().logSoftmax();
        Matrix logits = device.matrix(2, 3);
        assertThatThrownBy(() -> logSoftmax.launch(device.stream(), logits, device.matrix(2, 4), 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("log_softmax: the column count of the output is 4, but must be 3");
        assertThatThrownBy(() -> logSoftmax.launch(device.stream(), device.matrix(DataType.F16, 2, 3, 3), logits, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("log_softmax: the input is F16, but must be F32");
    }
}
