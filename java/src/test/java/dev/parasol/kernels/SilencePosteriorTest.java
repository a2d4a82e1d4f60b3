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

class SilencePosteriorTest {
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
    @CsvSource({"1, 1, 0", "3, 127, 126", "6, 248, 0"})
    void agreesWithReference(int rows, int cols, int silence) {
        float[] values = Device.random(1, rows * cols);
        for (int i = 0; i < values.length; i++) {
            values[i] *= 20;
        }
        Matrix logits = device.matrix(values, rows, cols);
        Matrix posterior = device.matrix(rows, 1);
        Matrix scores = device.matrix(rows, cols);
        device.kernels().silencePosterior().launch(device.stream(), logits, silence, posterior.address(), scores.address());
        float[] all = device.read(scores);
        float[] one = device.read(posterior);
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int col = 0; col < cols; col++) {
                sum += Math.exp(values[row * cols + col]);
            }
            for (int col = 0; col < cols; col++) {
                assertThat((double) all[row * cols + col]).as("[%d, %d]", row, col).isCloseTo(Math.exp(values[row * cols + col]) / sum, within(1e-6));
            }
            assertThat(one[row]).isEqualTo(all[row * cols + silence]);
        }
    }

    @Test
    void wrongShapesAreNamed() {
        SilencePosterior kernel = device.kernels().silencePosterior();
        Matrix logits = device.matrix(2, 3);
        assertThatThrownBy(() -> kernel.launch(device.stream(), logits, 3, logits.address(), 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("silence_posterior: the silence column is 3, but must be at most 2");
        assertThatThrownBy(() -> kernel.launch(device.stream(), device.matrix(DataType.F16, 2, 3, 3), 0, logits.address(), 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("silence_posterior: the logits is F16, but must be F32");
    }
}
