package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaplacianEigenTest {
    private static final int COUNT = 16;

    private static double[][] matrix(SpeakerGraph graph) {
        int n = graph.size();
        double[] unit = new double[n * n];
        for (int i = 0; i < n; i++) {
            unit[i * n + i] = 1;
        }
        double[] laplacian = new double[n * n];
        graph.laplacian(unit, laplacian, n);
        double[][] rows = new double[n][n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(laplacian, i * n, rows[i], 0, n);
        }
        return rows;
    }

    /** Separate speakers have graphs that do not touch, and as many eigenvalues of zero. */
    @ParameterizedTest
    @CsvSource({"1, 0.8", "3, 0.7", "3, 2.5", "6, 1.5", "12, 0.9"})
    void valuesAreThoseOfTheWholeMatrix(int speakers, double noise) {
        SpeakerGraph graph = SpeakerGraph.of(Voices.embeddings(speakers, 250, noise, 3));
        double[] expected = SymmetricEigen.of(matrix(graph)).values();
        double[] found = LaplacianEigen.of(graph, COUNT).values();
        for (int i = 0; i < COUNT; i++) {
            assertThat(found[i]).as("eigenvalue %d", i).isCloseTo(expected[i], within(2e-3 * expected[COUNT]));
        }
    }

    @Test
    void vectorsOfSmallValuesAreEigenvectors() {
        SpeakerGraph graph = SpeakerGraph.of(Voices.embeddings(4, 300, 1.5, 4));
        LaplacianEigen eigen = LaplacianEigen.of(graph, COUNT);
        double[][] matrix = matrix(graph);
        for (int v = 0; v < 4; v++) {
            double squares = 0;
            for (int i = 0; i < 300; i++) {
                double product = 0;
                for (int j = 0; j < 300; j++) {
                    product += matrix[i][j] * eigen.element(j, v);
                }
                squares += Math.pow(product - eigen.values()[v] * eigen.element(i, v), 2);
            }
            assertThat(Math.sqrt(squares)).as("what is left of vector %d", v).isLessThan(0.02);
        }
    }

    @Test
    void fewerThanWereAskedForAreAll() {
        assertThat(LaplacianEigen.of(SpeakerGraph.of(Voices.embeddings(1, 5, 1, 5)), COUNT).values()).hasSize(5);
    }
}
