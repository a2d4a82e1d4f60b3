package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.cuda.DataType;
import org.junit.jupiter.api.Test;

class GemmLadderTest {
    /** Every step computes the product; the geometry in Java is the kernels'. */
    @Test
    void everyStepAgreesWithTheProduct() {
        try (Device device = new Device(); GemmLadder ladder = new GemmLadder(device.context().kernels())) {
            int m = 150;
            int n = 270;
            Matrix a = GemmTest.operand(device, DataType.F16, m, 100, 128, 1);
            Matrix w = GemmTest.operand(device, DataType.F16, n, 100, 128, 2);
            float[] values = Device.random(3, n);
            long bias = device.floats(values);
            Matrix expected = device.matrix(DataType.F16, m, n, n);
            device.kernels().gemm().launch(device.stream(), a, w, bias, null, false, expected, 0);
            float[] product = device.read(expected);
            for (GemmLadder.Step step : GemmLadder.STEPS) {
                assertThat(ladder.fits(step)).as(step.name()).isTrue();
                Matrix c = device.matrix(DataType.F16, m, n, n);
                ladder.launch(device.stream(), step, a, w, bias, c);
                float[] found = device.read(c);
                for (int i = 0; i < found.length; i++) {
                    assertThat(found[i]).as("%s [%d, %d]", step.name(), i / n, i % n).isCloseTo(product[i], within(Math.abs(product[i]) / 512 + 1e-3f));
                }
            }
        }
    }
}
