package dev.parasol.memory;

/** The best that the greedy orders find. */
final class GreedyPlanner {
    private GreedyPlanner() {
    }

    /** Offsets by buffer; stops at the first order that reaches the lower bound. */
    static long[] best(PlacementProblem problem) {
        GreedyPlacer placer = new GreedyPlacer(problem);
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
                height = problem.height(offsets);
                if (height == problem.lowerBound()) {
                    return best;
                }
            }
        }
        return best;
    }
}
