package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.memory.ActivationPlanner.Lifetime;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ActivationPlannerTest {
    @Test
    void whatNeverLivesTogetherSharesMemory() {
        Placement placement = ActivationPlanner.place(List.of(
                new Lifetime("a", 0, 1, 1000), new Lifetime("b", 1, 2, 500), new Lifetime("c", 2, 3, 1000)));
        assertThat(placement.peakBytes()).isEqualTo(1024 + 512).isEqualTo(placement.lowerBound());
        assertThat(placement.optimal()).isTrue();
        assertThat(placement.offset(0)).isEqualTo(placement.offset(2));
    }

    @Test
    void readAndWrittenInOneStepAreApart() {
        Placement placement = ActivationPlanner.place(List.of(new Lifetime("in", 0, 1, 256), new Lifetime("out", 1, 2, 256)));
        assertThat(placement.offset(0)).isNotEqualTo(placement.offset(1));
        assertThat(placement.peakBytes()).isEqualTo(512);
    }

    @Test
    void nothingNeedsNothing() {
        assertThat(ActivationPlanner.place(List.of()).peakBytes()).isZero();
        assertThat(ActivationPlanner.place(List.of(new Lifetime("empty", 3, 3, 0))).peakBytes()).isZero();
    }

    @Test
    void aLifetimeThatEndsBeforeItBeginsIsNamed() {
        assertThatThrownBy(() -> new Lifetime("x", 2, 1, 5)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'x'");
    }

    /** A chain as in an encoder: a residual that lives through a layer, and temporaries. */
    @Test
    void aChainOfLayersReachesTheLowerBound() {
        List<Lifetime> chain = new ArrayList<>();
        for (int layer = 0; layer < 50; layer++) {
            int step = layer * 6;
            chain.add(new Lifetime("x", Math.max(0, step - 2), step + 3, 512 * 4 * 5000));
            chain.add(new Lifetime("h", step, step + 1, 512 * 2 * 5000));
            chain.add(new Lifetime("qkv", step + 1, step + 2, 1536 * 2 * 5000));
            chain.add(new Lifetime("a", step + 2, step + 3, 512 * 2 * 5000));
            chain.add(new Lifetime("f", step + 4, step + 5, 2048 * 2 * 5000));
        }
        Placement placement = ActivationPlanner.place(chain);
        assertThat(placement.peakBytes()).isLessThanOrEqualTo(placement.lowerBound() * 101 / 100);
    }

    @Property(tries = 200)
    void everyGreedyOrderIsValid(@ForAll long seed, @ForAll @IntRange(max = 60) int count, @ForAll @IntRange(min = 1, max = 40) int times) {
        PlacementProblem problem = Placements.random(seed, count, times, 20);
        GreedyPlacer placer = new GreedyPlacer(problem, OverlapGraph.of(problem, Long.MAX_VALUE), () -> false);
        for (PlacementOrder order : PlacementOrder.values()) {
            for (GreedyPlacer.Fit fit : GreedyPlacer.Fit.values()) {
                long[] offsets = placer.place(order.of(problem), fit, Long.MAX_VALUE);
                Placements.assertValid(problem, offsets);
                assertThat(problem.height(offsets)).isGreaterThanOrEqualTo(problem.lowerBound());
            }
        }
    }

    @Property(tries = 100)
    void scanningAndNeighboursAgree(@ForAll long seed, @ForAll @IntRange(max = 150) int count) {
        PlacementProblem problem = Placements.random(seed, count, 30, 20);
        GreedyPlacer kept = new GreedyPlacer(problem, OverlapGraph.of(problem, Long.MAX_VALUE), () -> false);
        GreedyPlacer scanned = new GreedyPlacer(problem, null, () -> false);
        for (GreedyPlacer.Fit fit : GreedyPlacer.Fit.values()) {
            int[] order = PlacementOrder.SIZE.of(problem);
            assertThat(scanned.place(order, fit, Long.MAX_VALUE)).as("%s", fit)
                    .isEqualTo(kept.place(order, fit, Long.MAX_VALUE));
        }
    }
}
