package dev.parasol.tools.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.scoring.Edits;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferenceTest {
    @Test
    void tenthOfTheAmplitudeIsTwentyDecibels() {
        Difference difference = new Difference();
        difference.add(new float[] {1, 0}, new float[] {1, 0.1f});
        difference.add(new float[] {0, 1}, new float[] {-0.1f, 1});
        assertThat(difference.decibels()).isCloseTo(20, within(1e-5));
        assertThat(difference.cosine()).isCloseTo(1 / Math.sqrt(1.01), within(1e-6));
    }

    @Test
    void nothingDiffers() {
        Difference difference = new Difference();
        difference.add(new float[3], new float[3]);
        assertThat(difference.decibels()).isEqualTo(200);
        assertThat(difference.cosine()).isEqualTo(1);
    }

    @Test
    void divergenceIsThatOfTheTextbook() {
        Divergence divergence = new Divergence();
        divergence.add(logs(0.5, 0.25, 0.25, 0.2, 0.7, 0.1), logs(0.25, 0.5, 0.25, 0.2, 0.7, 0.1), 3);
        double first = 0.5 * Math.log(2) + 0.25 * Math.log(0.5);
        assertThat(divergence.mean()).isCloseTo(first / 2, within(1e-6));
        assertThat(divergence.agreement()).isEqualTo(0.5);
        assertThat(divergence.tokens()).isEqualTo(2);
    }

    private static float[] logs(double... probabilities) {
        float[] logs = new float[probabilities.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(probabilities[i]);
        }
        return logs;
    }

    @Test
    void theSameErrorsInTheSameRecordingsAreNoDifferenceHoweverTheyAreDrawn() {
        List<Edits> errors = List.of(new Edits(3, 0, 0, 5), new Edits(0, 0, 0, 10), new Edits(1, 1, 1, 10));
        assertThat(PairedDifference.of(errors, errors)).isEqualTo(new PairedDifference(0, 0, 0));
    }

    @Test
    void oneMoreErrorInAHundredWords() {
        List<Edits> base = List.of(new Edits(0, 0, 0, 50), new Edits(0, 0, 0, 50));
        PairedDifference difference = PairedDifference.of(base, List.of(new Edits(1, 0, 0, 50), new Edits(0, 0, 0, 50)));
        assertThat(difference.points()).isEqualTo(1);
        assertThat(difference.low()).isZero();
        assertThat(difference.high()).isEqualTo(2);
    }
}
