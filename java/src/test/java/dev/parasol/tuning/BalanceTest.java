package dev.parasol.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.scoring.Edits;
import dev.parasol.scoring.ErrorRate;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BalanceTest {
    private static final double ANY = Double.POSITIVE_INFINITY;

    private static TunePoint point(double batch, double throughput, double latency, boolean shrunk) {
        return new TunePoint("fp16", batch, throughput, throughput, throughput, latency, latency, batch, 1, 1, (long) (1000 * batch), shrunk);
    }

    private static List<TunePoint> points(double... throughput) {
        List<TunePoint> points = new ArrayList<>();
        for (int i = 0; i < throughput.length; i++) {
            points.add(point(1 << i, throughput[i], 0.1 * (1 << i), false));
        }
        return points;
    }

    @Test
    void theBalanceIsTheSmallestBatchWithinFivePercentOfTheBest() {
        assertThat(Balance.of(points(50, 80, 96, 100, 99), ANY)).isEqualTo(2);
        assertThat(Balance.of(points(100, 90, 80), ANY)).isZero();
    }

    @Test
    void whatAnswersTooLateOrShrankDoesNotCount() {
        assertThat(Balance.of(points(50, 80, 96, 100), 0.25)).isEqualTo(1);
        List<TunePoint> points = points(50, 80);
        points.add(point(4, 200, 0.1, true));
        assertThat(Balance.of(points, ANY)).isEqualTo(1);
        assertThat(Balance.of(points, 0.01)).as("where all are too late the least").isZero();
    }

    @Test
    void growthEndsWhenItIsInVain() {
        assertThat(Balance.stop(points(50), ANY, 3600)).isEmpty();
        assertThat(Balance.stop(points(50, 51), ANY, 3600)).as("one doubling may be bad luck").isEmpty();
        assertThat(Balance.stop(points(50, 51, 90), ANY, 3600)).isEmpty();
        assertThat(Balance.stop(points(50, 51, 52), ANY, 3600)).contains("5 %");
        assertThat(Balance.stop(points(50, 90), 0.15, 3600)).contains("later");
        assertThat(Balance.stop(points(50, 90), ANY, 2)).contains("larger");
        assertThat(Balance.stop(List.of(point(1, 5, 1, true)), ANY, 3600)).contains("memory");
    }

    @Property
    void growthEndsAndTheBalanceIsOneOfThePoints(@ForAll @Size(min = 12, max = 12) List<@DoubleRange(min = 1, max = 1.2) Double> gains) {
        List<TunePoint> points = new ArrayList<>();
        double throughput = 1;
        String stopped = "";
        for (int i = 0; stopped.isEmpty(); i++) {
            throughput *= gains.get(i);
            points.add(point(1 << i, throughput, 1, false));
            stopped = Balance.stop(points, ANY, 1 << 11);
        }
        double best = points.stream().mapToDouble(TunePoint::throughput).max().orElseThrow();
        int balance = Balance.of(points, ANY);
        assertThat(points.get(balance).throughput() * 1.05).isGreaterThanOrEqualTo(best);
        assertThat(points.subList(0, balance)).allMatch(point -> point.throughput() * 1.05 < best);
    }

    @Test
    void theFastestWithinTheErrorBudgetIsRecommendedAndOfEqualOnesTheSmallest() {
        TuneCandidate plain = candidate(100, 16, true);
        assertThat(Balance.recommended(List.of())).isEqualTo(-1);
        assertThat(Balance.recommended(List.of(plain, candidate(150, 12, true), candidate(300, 8, false)))).isEqualTo(1);
        assertThat(Balance.recommended(List.of(plain, candidate(98, 9, true), candidate(90, 8, true)))).isEqualTo(1);
    }

    private static TuneCandidate candidate(double throughput, double batch, boolean accepted) {
        return new TuneCandidate("m", ErrorRate.of(List.of(new Edits(0, 0, 0, 3))), point(batch, throughput, 1, false), accepted);
    }
}
