package dev.parasol.memory;

import java.util.ArrayList;
import java.util.List;

/**
 * Several {@link GreedyImprover}s that start from different orders and take turns; one that just succeeded goes on.
 * Not thread-safe.
 */
final class GreedyTeam {
    private final Incumbent incumbent;
    private final List<GreedyImprover> members = new ArrayList<>();
    private int turn;

    GreedyTeam(PlacementProblem problem, OverlapGraph graph, Incumbent incumbent, long seed) {
        this.incumbent = incumbent;
        GreedyPlacer placer = new GreedyPlacer(problem, graph, incumbent::done);
        for (GreedyPlacer.Fit fit : new GreedyPlacer.Fit[] {GreedyPlacer.Fit.TIGHTEST, GreedyPlacer.Fit.LOWEST}) {
            for (PlacementOrder order : new PlacementOrder[] {
                PlacementOrder.TIME, PlacementOrder.LIFETIME, PlacementOrder.SIZE, PlacementOrder.AREA}) {
                members.add(new GreedyImprover(problem, placer, order, fit, seed * 31 + members.size()));
            }
        }
    }

    /** One attempt of one member. */
    void attempt() {
        GreedyImprover member = members.get(turn);
        long[] offsets = member.attempt(incumbent.height() - 1);
        if (offsets == null) {
            turn = (turn + 1) % members.size();
        } else {
            incumbent.offer(offsets);
        }
    }
}
