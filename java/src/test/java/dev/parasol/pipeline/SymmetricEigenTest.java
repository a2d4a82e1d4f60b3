package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {
    @Property(tries = 40)
    void vectorsAreOrthonormalAndMakeTheMatrixAgain(@ForAll @IntRange(min = 1, max = 24) int n, @ForAll long seed) {
        Random random = new Random(seed);
        double[][] matrix = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                matrix[i][j] = matrix[j][i] = random.nextInt(5) == 0 ? 0 : random.nextGaussian();
            }
        }
        SymmetricEigen eigen = SymmetricEigen.of(matrix);
        assertThat(eigen.values()).isSorted();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double product = 0;
                double element = 0;
                for (int k = 0; k < n; k++) {
                    product += eigen.vectors()[i][k] * eigen.vectors()[j][k];
                    element += eigen.values()[k] * eigen.vectors()[k][i] * eigen.vectors()[k][j];
                }
                assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-12));
                assertThat(element).isCloseTo(matrix[i][j], within(1e-11));
            }
        }
    }

    @Test
    void valuesOfAKnownMatrix() {
        assertThat(SymmetricEigen.of(new double[][] {{2, -1, 0}, {-1, 2, -1}, {0, -1, 2}}).values())
                .containsExactly(new double[] {2 - Math.sqrt(2), 2, 2 + Math.sqrt(2)}, within(1e-14));
        assertThat(SymmetricEigen.of(new double[3][3]).values()).containsExactly(0, 0, 0);
    }
}
