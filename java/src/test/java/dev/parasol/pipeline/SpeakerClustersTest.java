package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpeakerClustersTest {
    private static int[] truth(int speakers, int count) {
        return IntStream.range(0, count).map(i -> Voices.speaker(i, speakers)).toArray();
    }

    private static void check(int speakers, int count, double noise, Integer known) {
        int[] expected = truth(speakers, count);
        int[] found = SpeakerClusters.labels(Voices.embeddings(speakers, count, noise, count + speakers), known);
        assertThat(found).hasSize(count);
        assertThat(IntStream.range(0, count).filter(i -> found[i] != expected[i]).count()).as("windows that are another's").isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 20, 0.5", "1, 60, 0.8", "1, 500, 0.8", "2, 20, 0.5", "2, 60, 0.8", "2, 700, 1.2", "3, 90, 0.8", "4, 200, 1.0", "5, 300, 1.0", "6, 120, 0.7",
        "6, 900, 1.0", "14, 700, 0.7"})
    void speakersAreFound(int speakers, int count, double noise) {
        check(speakers, count, noise, null);
    }

    @ParameterizedTest
    @CsvSource({"1, 2100", "6, 2500"})
    void andAmongThousandsOfWindows(int speakers, int count) {
        check(speakers, count, 0.8, null);
    }

    @ParameterizedTest
    @CsvSource({"2, 60", "3, 300", "6, 400", "20, 2100"})
    void aKnownNumberIsKept(int speakers, int count) {
        check(speakers, count, 0.6, speakers);
    }

    @Test
    void aKnownNumberIsKeptEvenOfOneVoice() {
        assertThat(SpeakerClusters.labels(Voices.embeddings(1, 100, 0.5, 1), 2)).contains(0, 1).doesNotContain(2);
        assertThat(SpeakerClusters.labels(Voices.embeddings(1, 30, 0.5, 1), 64)).hasSize(30);
    }

    @Test
    void fewWindowsAreOneSpeakers() {
        assertThat(SpeakerClusters.labels(List.of(), null)).isEmpty();
        assertThat(SpeakerClusters.labels(Voices.embeddings(2, 19, 0.1, 1), null)).containsOnly(0);
        assertThat(SpeakerClusters.labels(Voices.embeddings(2, 19, 0.1, 1), 2)).containsOnly(0);
    }

    /** A voice that moves slowly: spectral clustering divides it, and the means are alike. */
    @Test
    void speakersWithSimilarMeansAreOne() {
        List<float[]> ends = Voices.embeddings(2, 20, 0, 9);
        List<float[]> embeddings = new ArrayList<>();
        List<float[]> noise = Voices.embeddings(1, 400, 1, 10);
        for (int i = 0; i < 400; i++) {
            float[] a = Directions.unit(ends.get(0));
            float[] b = Directions.unit(ends.get(10));
            float[] n = Directions.unit(noise.get(i));
            float[] mixed = new float[a.length];
            for (int d = 0; d < a.length; d++) {
                mixed[d] = a[d] + 0.5f * (i / 50) / 8 * b[d] + 0.2f * n[d];
            }
            embeddings.add(mixed);
        }
        assertThat(SpeakerClusters.labels(embeddings, null)).containsOnly(0);
    }

    @Test
    void beyondAllBoundsSomeAreClusteredAndTheOthersFollow() {
        List<float[]> embeddings = Voices.embeddings(4, 1500, 0.9, 11);
        assertThat(SpeakerClusters.labels(embeddings, null, 300)).isEqualTo(truth(4, 1500));
    }

    /** As many as eight hours of speech have. */
    @Tag("soak")
    @Test
    void eightHours() {
        check(5, 38_400, 0.8, null);
    }
}
