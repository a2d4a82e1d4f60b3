package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;

/** What tests of placements share: a naive check and random problems. */
final class Placements {
    private Placements() {
    }

    /** No two buffers that live together share a byte, and none begins below 0. Compares every pair. */
    static void assertValid(PlacementProblem problem, long[] offsets) {
        assertThat(offsets).hasSize(problem.count());
        for (int a = 0; a < problem.count(); a++) {
            assertThat(offsets[a]).isNotNegative();
            for (int b = 0; b < a; b++) {
                boolean together = problem.lower(a) < problem.upper(b) && problem.lower(b) < problem.upper(a);
                boolean apart = offsets[a] + problem.size(a) <= offsets[b] || offsets[b] + problem.size(b) <= offsets[a];
                assertThat(!together || apart || problem.size(a) == 0 || problem.size(b) == 0)
                        .as("buffers %d and %d", a, b).isTrue();
            }
        }
    }

    static PlacementProblem random(long seed, int count, int times, int largest) {
        Random random = new Random(seed);
        long[] lower = new long[count];
        long[] upper = new long[count];
        long[] size = new long[count];
        for (int i = 0; i < count; i++) {
            lower[i] = random.nextInt(times);
            upper[i] = lower[i] + 1 + random.nextInt(Math.max(1, random.nextBoolean() ? times / 8 : times));
            size[i] = random.nextInt(largest + 1);
        }
        return new PlacementProblem(lower, upper, size);
    }
}
