package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KMeansTest {
    @Property(tries = 50)
    void groupsThatLieApartAreFound(@ForAll @IntRange(min = 1, max = 8) int k, @ForAll @IntRange(min = 1, max = 4) int dimensions, @ForAll long seed) {
        Random random = new Random(seed);
        double[][] points = IntStream.range(0, 6 * k)
                .mapToObj(i -> IntStream.range(0, dimensions).mapToDouble(d -> (d == 0 ? 10 * (i % k) : 0) + random.nextDouble()).toArray())
                .toArray(double[][]::new);
        int[] labels = KMeans.labels(points, k);
        assertThat(labels).isEqualTo(KMeans.labels(points, k));
        for (int i = 0; i < labels.length; i++) {
            assertThat(labels[i]).isBetween(0, k - 1).isEqualTo(labels[i % k]);
        }
        assertThat(Arrays.stream(labels).distinct().count()).isEqualTo(k);
    }

    @Test
    void pointsThatAreEqualAreOneGroup() {
        assertThat(KMeans.labels(new double[10][2], 3)).containsOnly(0);
    }
}
