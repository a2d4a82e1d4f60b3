package dev.parasol.tools.prune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.tools.run.Activations;
import dev.parasol.tools.tensors.HostTensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TwoFourFitTest {
    private static final int INPUTS = 16;
    private static final int OUTPUTS = 3;

    /** Rows of inputs of which each depends on the one before it. */
    private static Activations inputs(int rows, SplittableRandom random) {
        float[] values = new float[rows * INPUTS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextDouble() - 0.5 + (i % INPUTS == 0 ? 0 : 0.9 * values[i - 1]));
        }
        return new Activations(INPUTS, values, new int[] {0, rows});
    }

    private static double loss(Activations inputs, HostTensor weight, float[] sparse) {
        float[] change = new float[sparse.length];
        for (int i = 0; i < change.length; i++) {
            change[i] = weight.values()[i] - sparse[i];
        }
        double sum = 0;
        for (float value : FfnChannels.product(inputs, new HostTensor(weight.shape(), change)).values()) {
            sum += (double) value * value;
        }
        return sum;
    }

    private static HostTensor weight(SplittableRandom random) {
        float[] values = new float[OUTPUTS * INPUTS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextDouble() - 0.5);
        }
        return new HostTensor(new long[] {OUTPUTS, INPUTS}, values);
    }

    @Test
    void twoOfFourStayAndLoseLessThanByMagnitude() {
        SplittableRandom random = new SplittableRandom(3);
        Activations inputs = inputs(500, random);
        HostTensor weight = weight(random);
        float[] magnitude = weight.values().clone();
        float[] fitted = TwoFourFit.refitted(weight, inputs, new double[INPUTS]);
        for (int at = 0; at < fitted.length; at += 4) {
            int zeros = 0;
            for (int i = at; i < at + 4; i++) {
                zeros += fitted[i] == 0 ? 1 : 0;
                int larger = 0;
                for (int j = at; j < at + 4; j++) {
                    larger += Math.abs(weight.values()[j]) > Math.abs(weight.values()[i]) ? 1 : 0;
                }
                magnitude[i] = larger < 2 ? magnitude[i] : 0;
            }
            assertThat(zeros).isEqualTo(2);
        }
        assertThat(loss(inputs, weight, fitted)).isLessThan(0.5 * loss(inputs, weight, magnitude));
    }

    @Test
    void whatIsLostIsMadeUpForByAnInputThatIsTheSame() {
        SplittableRandom random = new SplittableRandom(4);
        Activations inputs = inputs(200, random);
        for (int row = 0; row < inputs.rows(); row++) {
            inputs.values()[row * INPUTS + 4] = inputs.values()[row * INPUTS];
        }
        // Of the first four all but the first are large, so that it goes; the fifth takes it over.
        float[] values = new float[INPUTS];
        values[0] = 0.01f;
        values[1] = 5;
        values[2] = 5;
        values[4] = 3;
        float[] fitted = TwoFourFit.refitted(new HostTensor(new long[] {1, INPUTS}, values), inputs, new double[INPUTS]);
        assertThat(fitted[0]).isZero();
        assertThat(fitted[4]).isBetween(3.003f, 3.012f);
    }
}
