package dev.parasol.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NumbersTest {
    @Test
    void relativeErrorIsNormOverNorm() {
        assertThat(Numbers.relativeError(new float[] {3, 4}, new float[] {3, 4.5f})).isCloseTo(0.1, within(1e-12));
        assertThat(Numbers.relativeError(new float[] {0, 0}, new float[] {0, 0})).isZero();
    }

    @Test
    void whatCannotBeComparedIsNotANumber() {
        assertThat(Numbers.relativeError(new float[2], new float[3])).isNaN();
        assertThat(Numbers.relativeError(new float[] {1}, new float[] {Float.NaN})).isNaN();
        assertThat(Numbers.largestError(new float[] {1, 2}, new float[] {Float.NaN, 2})).isNaN();
        assertThat(Numbers.largestError(new float[2], new float[3])).isNaN();
    }

    @Test
    void largestErrorIsAbsolute() {
        assertThat(Numbers.largestError(new float[] {1, -2, 3}, new float[] {1, 2, 2})).isEqualTo(4);
    }

    @Test
    void marginIsBetweenTheBestTwoOfTheRow() {
        float[] logProbs = {0, -9, -1, -5, -0.25f, -0.5f};
        assertThat(Numbers.margin(logProbs, 0, 3)).isEqualTo(1);
        assertThat(Numbers.margin(logProbs, 1, 3)).isEqualTo(0.25);
    }

    @Test
    void quantilesAreInterpolated() {
        double[] samples = {4, 1, 3, 2};
        assertThat(Numbers.quantile(samples, 0.5)).isEqualTo(2.5);
        assertThat(Numbers.quantile(samples, 0)).isEqualTo(1);
        assertThat(Numbers.quantile(samples, 1)).isEqualTo(4);
        assertThat(Numbers.quantile(new double[] {7}, 0.9)).isEqualTo(7);
    }
}
