package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenTimesTest {
    /** Integrals that fire at these indices of {@code count}. */
    private static float[] peaks(int count, int... fires) {
        float[] peaks = new float[count];
        for (int fire : fires) {
            peaks[fire] = 1;
        }
        return peaks;
    }

    private static List<Timestamp> times(int rate, int count, int tokens, int... fires) {
        return TokenTimes.of(new float[count], peaks(count, fires), rate, tokens);
    }

    @Test
    void aTokenGoesFromItsFireToTheNext() {
        assertThat(times(1, 20, 2, 4, 8, 18)).containsExactly(new Timestamp(150, 390), new Timestamp(390, 1200));
    }

    @Test
    void threeIndicesAFrameAreTwentyMilliseconds() {
        assertThat(times(3, 20, 2, 4, 8, 18)).containsExactly(new Timestamp(50, 130), new Timestamp(130, 400));
    }

    @Test
    void silenceAtTheEndIsShared() {
        // Fires at 2.5, 6.5 and 10.5 of 30 indices: the last word ends halfway between 10.5 and 30.
        assertThat(times(1, 30, 2, 4, 8, 12)).containsExactly(new Timestamp(150, 390), new Timestamp(390, 1214));
    }

    @Test
    void aLongTokenEndsInSilence() {
        assertThat(times(1, 40, 2, 2, 22, 38)).containsExactly(new Timestamp(30, 750), new Timestamp(1230, 1950));
    }

    @Test
    void weightsAreScaledWhereFiresAreNotAsMany() {
        float[] weights = new float[40];
        java.util.Arrays.fill(weights, 0.1f);
        // Four in sum, five are needed for four tokens: each index adds 0.125, so that every eighth one fires.
        List<Timestamp> times = TokenTimes.of(weights, new float[40], 1, 4);
        assertThat(times).containsExactly(new Timestamp(329, 809), new Timestamp(809, 1290), new Timestamp(1290, 1770), new Timestamp(1770, 2400));
        assertThat(weights).containsOnly(0.1f);
    }

    @Test
    void aFireAtTheBeginningIsBeforeIt() {
        assertThat(times(1, 10, 1, 0, 9).get(0).startMs()).isEqualTo(-90);
    }

    @Test
    void withoutTokensThereAreNoTimes() {
        assertThat(times(1, 10, 0, 3)).isEmpty();
    }

    @Test
    void weightsOfNothingPutTokensAtTheEnd() {
        assertThat(TokenTimes.of(new float[10], new float[10], 1, 3)).isEqualTo(Collections.nCopies(3, new Timestamp(600, 600)));
        float[] wrong = {Float.NaN, 1, 1};
        assertThat(TokenTimes.of(wrong, wrong, 1, 1)).hasSize(1);
    }

    @Property(tries = 200)
    void timesAreInOrderAndWithinTheRecording(@ForAll @Size(min = 1, max = 300) List<@FloatRange(min = 0.01f, max = 1f) Float> weights,
            @ForAll @IntRange(min = 1, max = 40) int tokens) {
        float[] values = new float[weights.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = weights.get(i);
        }
        List<Timestamp> times = TokenTimes.of(values, TokenTimes.integral(values), 3, tokens);
        assertThat(times).hasSize(tokens);
        int before = -30;
        for (Timestamp time : times) {
            assertThat(time.startMs()).isBetween(before, values.length * 20);
            assertThat(time.endMs()).isBetween(time.startMs(), values.length * 20);
            before = time.startMs();
        }
    }

    @Property(tries = 200)
    void scaledWeightsHaveTheSum(@ForAll @Size(min = 1, max = 300) List<@FloatRange(min = 0.01f, max = 1f) Float> weights,
            @ForAll @IntRange(min = 1, max = 40) int sum) {
        float[] values = new float[weights.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = weights.get(i);
        }
        double total = 0;
        for (float weight : TokenTimes.scaled(values, sum)) {
            total += weight;
        }
        assertThat(total).isCloseTo(sum, within(1e-5 * sum));
    }
}
