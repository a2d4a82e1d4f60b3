package dev.parasol.memory;

import java.util.Random;

/**
 * Betters a greedy placement by repeating it: the buffer that first passes the best height so far moves towards the
 * front of the order, by a random share of the way, and the placement is tried again ("squeaky wheel" optimization,
 * Joslin and Clements 1999). Quick and modest, for problems that are too large for exact search. Not thread-safe.
 */
final class GreedyImprover {
    private final PlacementProblem problem;
    private final GreedyPlacer placer;
    private final GreedyPlacer.Fit fit;
    private final Random random;
    private final int[] order;

    GreedyImprover(PlacementProblem problem, GreedyPlacer placer, PlacementOrder start, GreedyPlacer.Fit fit, long seed) {
        this.problem = problem;
        this.placer = placer;
        this.fit = fit;
        this.random = new Random(seed);
        this.order = start.of(problem);
    }

    /** One repetition: offsets no higher than {@code limit}, or null, and then the next call tries another order. */
    long[] attempt(long limit) {
        long[] offsets = placer.place(order, fit, limit);
        promote(offsets == null ? placer.failedAt() : highest(offsets));
        return offsets;
    }

    private int highest(long[] offsets) {
        int highest = 0;
        for (int i = 1; i < order.length; i++) {
            if (end(offsets, i) > end(offsets, highest)) {
                highest = i;
            }
        }
        return highest;
    }

    private long end(long[] offsets, int position) {
        return offsets[order[position]] + problem.size(order[position]);
    }

    private void promote(int position) {
        int target = (int) (position * random.nextDouble());
        int buffer = order[position];
        System.arraycopy(order, target, order, target + 1, position - target);
        order[target] = buffer;
    }
}
