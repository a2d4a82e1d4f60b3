package dev.parasol.tools.importance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearCkaTest {
    private static final int ROWS = 500;

    private static double cka(float[][] x, float[][] y) {
        return LinearCka.of(LinearCka.centred(x), LinearCka.centred(y), ROWS);
    }

    private static float[][] random(int seed) {
        Random random = new Random(seed);
        float[][] rows = new float[ROWS][3];
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) random.nextGaussian() * (i + 1) + 5;
            }
        }
        return rows;
    }

    @Test
    void rotationScaleAndShiftDoNotMatter() {
        float[][] x = random(1);
        float[][] y = new float[ROWS][];
        for (int r = 0; r < ROWS; r++) {
            y[r] = new float[] {3 * x[r][1] + 1, -3 * x[r][0], 3 * x[r][2] - 9};
        }
        assertThat(cka(x, y)).isCloseTo(1, within(1e-6));
    }

    @Test
    void whatIsIndependentHasAboutNone() {
        assertThat(cka(random(1), random(2))).isBetween(0.0, 0.02);
        assertThat(cka(random(1), new float[ROWS][3])).isZero();
    }
}
