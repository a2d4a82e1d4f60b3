package dev.parasol.tools.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.tools.run.Activations;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RidgeTest {
    private static final int ROWS = 400;
    private static final int INPUTS = 5;
    private static final double[][] WEIGHTS = {{1, -2, 0.5, 0, 3}, {0, 0.25, -1, 2, 0}};
    private static final double[] BIAS = {0.7, -4};

    private static Activations inputs() {
        Random random = new Random(5);
        float[] values = new float[ROWS * INPUTS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() + 2);
        }
        return new Activations(INPUTS, values, new int[] {0, 60, 120, 200, 280, 330, ROWS});
    }

    private static Activations targets(Activations inputs, double noise) {
        Random random = new Random(6);
        float[] values = new float[ROWS * 2];
        for (int row = 0; row < ROWS; row++) {
            for (int t = 0; t < 2; t++) {
                double sum = BIAS[t] + noise * random.nextGaussian();
                for (int i = 0; i < INPUTS; i++) {
                    sum += WEIGHTS[t][i] * inputs.values()[row * INPUTS + i];
                }
                values[row * 2 + t] = (float) sum;
            }
        }
        return new Activations(2, values, inputs.utterances());
    }

    @Test
    void findsALinearMap() {
        Activations inputs = inputs();
        Ridge.Fit fit = Ridge.fit(inputs, targets(inputs, 0), false);
        for (int t = 0; t < 2; t++) {
            assertThat(fit.bias()[t]).isCloseTo(BIAS[t], within(0.05));
            for (int i = 0; i < INPUTS; i++) {
                assertThat(fit.weights()[t * INPUTS + i]).isCloseTo(WEIGHTS[t][i], within(0.01));
            }
        }
        assertThat(fit.after()).isLessThan(1e-4 * fit.before());
    }

    @Test
    void theBiasAloneIsTheMean() {
        Activations inputs = inputs();
        Activations targets = targets(inputs, 0.1);
        Ridge.Fit fit = Ridge.fit(inputs, targets, true);
        double mean = 0;
        for (int row = 0; row < ROWS; row++) {
            mean += targets.values()[row * 2] / (double) ROWS;
        }
        assertThat(fit.bias()[0]).isCloseTo(mean, within(1e-9));
        assertThat(fit.weights()).containsOnly(0);
    }

    @Test
    void whatHasNothingToDoWithTheInputsIsNotFitted() {
        Activations inputs = inputs();
        Random random = new Random(8);
        float[] noise = new float[ROWS];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
        Ridge.Fit fit = Ridge.fit(inputs, new Activations(1, noise, inputs.utterances()), false);
        assertThat(fit.after()).isBetween(0.9 * fit.before(), 1.02 * fit.before());
        for (double weight : fit.weights()) {
            assertThat(weight).isBetween(-0.2, 0.2);
        }
    }

    @Test
    void choleskySolves() {
        double[][] a = {{4, 0, 0}, {2, 5, 0}, {-1, 1, 3}};
        double[][] x = {{1, 0}, {2, 0}, {3, -2}};
        Cholesky.solve(Cholesky.of(a, 0.5), x);
        double[][] full = {{4.5, 2, -1}, {2, 5.5, 1}, {-1, 1, 3.5}};
        for (int i = 0; i < 3; i++) {
            assertThat(full[i][0] * x[0][0] + full[i][1] * x[1][0] + full[i][2] * x[2][0]).isCloseTo(i + 1, within(1e-12));
            assertThat(full[i][0] * x[0][1] + full[i][1] * x[1][1] + full[i][2] * x[2][1]).isCloseTo(i == 2 ? -2 : 0, within(1e-12));
        }
    }
}
