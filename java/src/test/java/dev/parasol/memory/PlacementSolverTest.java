package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlacementSolverTest {
    /** Exact search against the plainest enumeration: what it finds is valid, and what it calls impossible is. */
    @Property(tries = 300)
    void exactSearchAgreesWithEnumeration(@ForAll long seed, @ForAll @IntRange(min = 1, max = 7) int count,
                                          @ForAll @IntRange(min = 1, max = 8) int times) {
        PlacementProblem problem = Placements.random(seed, count, times, 5);
        long optimum = enumerate(problem, new long[count], new boolean[count], 0, Long.MAX_VALUE);
        for (SearchRule rule : SearchRule.ALL) {
            SkylineSearch search = new SkylineSearch(new Sections(problem), optimum, seed, () -> false);
            assertThat(search.attempt(rule, 0.8, Long.MAX_VALUE / 2, 0)).isEqualTo(SkylineSearch.Outcome.FOUND);
            Placements.assertValid(problem, search.offsets());
            assertThat(problem.height(search.offsets())).isLessThanOrEqualTo(optimum);
            if (optimum > 0) {
                SkylineSearch below = new SkylineSearch(new Sections(problem), optimum - 1, seed, () -> false);
                assertThat(below.attempt(rule, 0.8, Long.MAX_VALUE / 2, 0)).isEqualTo(SkylineSearch.Outcome.IMPOSSIBLE);
            }
        }
    }

    /** The least height: some order of first-fit placement reaches it. */
    private static long enumerate(PlacementProblem problem, long[] offsets, boolean[] placed, int depth, long best) {
        if (depth == problem.count()) {
            return Math.min(best, problem.height(offsets));
        }
        for (int i = 0; i < problem.count(); i++) {
            if (placed[i]) {
                continue;
            }
            placed[i] = true;
            offsets[i] = lowest(problem, offsets, placed, i);
            best = enumerate(problem, offsets, placed, depth + 1, best);
            placed[i] = false;
        }
        return best;
    }

    private static long lowest(PlacementProblem problem, long[] offsets, boolean[] placed, int buffer) {
        for (long offset = 0;; offset++) {
            boolean free = true;
            for (int i = 0; i < problem.count(); i++) {
                free &= i == buffer || !placed[i] || !problem.overlap(i, buffer)
                        || offsets[i] + problem.size(i) <= offset || offset + problem.size(buffer) <= offsets[i];
            }
            if (free) {
                return offset;
            }
        }
    }

    @Property(tries = 20)
    void solvesSmallProblemsToTheEnd(@ForAll long seed, @ForAll @IntRange(max = 25) int count) {
        PlacementProblem problem = Placements.random(seed, count, 12, 6);
        PlacementSolver.Solution solution = PlacementSolver.solve(problem, 10);
        Placements.assertValid(problem, solution.offsets());
        assertThat(solution.height()).isEqualTo(problem.height(solution.offsets())).isLessThanOrEqualTo(solution.greedyHeight());
        assertThat(solution.optimal()).isTrue();
    }

    @Test
    void aGapThatNoGreedyOrderSeesIsProvedOrFound() {
        // Two tight layers that interlock: total 6 at each time, and buffers that must alternate.
        long[] lower = {0, 0, 2, 2, 4, 4, 0, 3};
        long[] upper = {2, 3, 4, 5, 6, 6, 1, 6};
        long[] size = {2, 3, 2, 1, 3, 1, 1, 2};
        PlacementProblem problem = new PlacementProblem(lower, upper, size);
        PlacementSolver.Solution solution = PlacementSolver.solve(problem, 5);
        assertThat(solution.optimal()).isTrue();
        Placements.assertValid(problem, solution.offsets());
    }

    @Test
    void thousandsOfBuffersKeepToTheTime() {
        PlacementProblem problem = training(18_692, 5);
        long begin = System.nanoTime();
        PlacementSolver.Solution solution = PlacementSolver.solve(problem, 3);
        assertThat((System.nanoTime() - begin) / 1e9).isLessThan(6);
        PlacementCheck.check(problem, solution.offsets());
        assertThat((double) solution.height() / problem.lowerBound()).isLessThan(1.0076);
    }

    /** Shaped like a training step: much of what the first half makes lives until its mirror image in the second half. */
    static PlacementProblem training(int count, long seed) {
        Random random = new Random(seed);
        long[] lower = new long[count];
        long[] upper = new long[count];
        long[] size = new long[count];
        for (int t = 0; t < count; t++) {
            lower[t] = t;
            double kind = random.nextDouble();
            if (kind < 0.3) {
                upper[t] = t < count / 2 ? count - t + random.nextInt(200) : t + 1 + random.nextInt(2000);
            } else {
                upper[t] = kind < 0.35 ? count + 1 : t + 1 + random.nextInt(16);
            }
            upper[t] = Math.max(upper[t], t + 1);
            size[t] = 1 + (long) Math.pow(2, random.nextDouble() * 17);
        }
        return new PlacementProblem(lower, upper, size);
    }

    @Test
    void anInterruptEndsTheSearchWithWhatThereIs() throws InterruptedException {
        PlacementProblem problem = training(4000, 9);
        PlacementSolver.Solution[] solution = new PlacementSolver.Solution[1];
        boolean[] interrupted = new boolean[1];
        Thread solver = new Thread(() -> {
            solution[0] = PlacementSolver.solve(problem, 60);
            interrupted[0] = Thread.currentThread().isInterrupted();
        });
        solver.start();
        Thread.sleep(500);
        solver.interrupt();
        solver.join(10_000);
        assertThat(solver.isAlive()).isFalse();
        assertThat(interrupted[0]).isTrue();
        PlacementCheck.check(problem, solution[0].offsets());
    }

    @Test
    void theCheckSeesOverlaps() {
        PlacementProblem problem = new PlacementProblem(new long[] {0, 1, 2}, new long[] {2, 3, 4}, new long[] {4, 4, 4});
        PlacementCheck.check(problem, new long[] {0, 4, 0});
        assertThatThrownBy(() -> PlacementCheck.check(problem, new long[] {0, 3, 8})).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("buffers 0 and 1");
        assertThatThrownBy(() -> PlacementCheck.check(problem, new long[] {0, 4, 7})).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> PlacementCheck.check(problem, new long[] {0, -4, 0})).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> PlacementCheck.check(problem, new long[] {2, 2, 8})).isInstanceOf(IllegalStateException.class);
    }

    /** The quick check sees what comparing every pair sees. */
    @Property(tries = 300)
    void theCheckAgreesWithComparingPairs(@ForAll long seed, @ForAll @IntRange(max = 10) int count) {
        PlacementProblem problem = Placements.random(seed, count, 8, 4);
        Random random = new Random(seed);
        long[] offsets = random.longs(count, 0, 14).toArray();
        boolean valid = true;
        for (int a = 0; a < count; a++) {
            for (int b = 0; b < a; b++) {
                valid &= !problem.overlap(a, b) || problem.size(a) == 0 || problem.size(b) == 0
                        || offsets[a] + problem.size(a) <= offsets[b] || offsets[b] + problem.size(b) <= offsets[a];
            }
        }
        boolean accepted = true;
        try {
            PlacementCheck.check(problem, offsets);
        } catch (IllegalStateException e) {
            accepted = false;
        }
        assertThat(accepted).isEqualTo(valid);
    }
}
