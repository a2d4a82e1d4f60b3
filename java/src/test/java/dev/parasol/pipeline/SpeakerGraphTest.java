package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpeakerGraphTest {
    /** By the definition: all cosines, the smallest ones of each row removed, the mean of both directions, D - M. */
    private static double[][] laplacian(List<float[]> embeddings) {
        int n = embeddings.size();
        double[][] cosines = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                cosines[i][j] = Directions.cosine(Directions.unit(embeddings.get(i)), Directions.unit(embeddings.get(j)));
            }
        }
        for (double[] row : cosines) {
            Integer[] order = IntStream.range(0, n).boxed().toArray(Integer[]::new);
            double[] before = row.clone();
            Arrays.sort(order, Comparator.comparingDouble(j -> before[j]));
            for (int j = 0; j < n - SpeakerGraph.neighbours(n); j++) {
                row[order[j]] = 0;
            }
        }
        double[][] laplacian = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double weight = i == j ? 0 : (cosines[i][j] + cosines[j][i]) / 2;
                laplacian[i][j] -= weight;
                laplacian[i][i] += Math.abs(weight);
            }
        }
        return laplacian;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 20, 131})
    void laplacianIsThatOfTheDefinition(int n) {
        List<float[]> embeddings = Voices.embeddings(3, n, 1.5, 1);
        double[][] expected = laplacian(embeddings);
        SpeakerGraph graph = SpeakerGraph.of(embeddings);
        double[] unit = new double[n * n];
        for (int i = 0; i < n; i++) {
            unit[i * n + i] = 1;
        }
        double[] found = new double[n * n];
        graph.laplacian(unit, found, n);
        for (int i = 0; i < n; i++) {
            assertThat(Arrays.copyOfRange(found, i * n, (i + 1) * n)).as("row %d", i).containsExactly(expected[i], within(1e-5));
        }
        assertThat(SymmetricEigen.of(expected).values()[n - 1]).isLessThanOrEqualTo(graph.largestEigenvalue() + 1e-5);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 5", "6, 6", "25, 6", "150, 6", "272, 6", "300, 7", "2047, 46", "5000, 110", "100000, 128"})
    void neighboursAreThoseOfFunAsr(int n, int expected) {
        // The rule is in floating point, where 6 of 20 can be 7.
        assertThat(SpeakerGraph.neighbours(n)).isBetween(expected, expected + 1).isLessThanOrEqualTo(SpeakerGraph.MOST_NEIGHBOURS);
    }

    @Test
    void embeddingsThatAreEqualOrZeroAreNoTrouble() {
        float[] zero = new float[8];
        float[] one = {1, 0, 0, 0, 0, 0, 0, 0};
        List<float[]> embeddings = IntStream.range(0, 40).mapToObj(i -> i % 2 == 0 ? zero : one).toList();
        assertThat(SpeakerGraph.of(embeddings).size()).isEqualTo(40);
        assertThat(SpeakerClusters.labels(embeddings, null)).hasSize(40).doesNotContain(-1);
    }
}
