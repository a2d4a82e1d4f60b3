package dev.parasol.memory;

import java.util.function.BooleanSupplier;

/** The best that the greedy orders find. */
final class GreedyPlanner {
    private GreedyPlanner() {
    }

    /**
     * Offsets by buffer; stops at the first order that reaches the lower bound.
     *
     * @param graph the problem's, as {@link GreedyPlacer#neighbours} says
     * @param stop true ends it early, but not before there is a result
     */
    static long[] best(PlacementProblem problem, OverlapGraph graph, BooleanSupplier stop) {
        boolean[] first = {true};
        GreedyPlacer placer = new GreedyPlacer(problem, graph, () -> !first[0] && stop.getAsBoolean());
        long[] best = null;
        long height = Long.MAX_VALUE;
        for (PlacementOrder order : PlacementOrder.values()) {
            int[] buffers = order.of(problem);
            for (GreedyPlacer.Fit fit : GreedyPlacer.Fit.values()) {
                long[] offsets = placer.place(buffers, fit, height - 1);
                if (offsets == null) {
                    continue;
                }
                best = offsets;
                first[0] = false;
                height = problem.height(offsets);
                if (height == problem.lowerBound()) {
                    return best;
                }
            }
        }
        return best;
    }
}
