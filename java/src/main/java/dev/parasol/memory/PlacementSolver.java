package dev.parasol.memory;

/**
 * Places as tightly as it can within a time: greedy orders, then on two threads exact search for the lower bound, and
 * beside it repeated greedy placement and exact search for heights in between. Stops at the lower bound, or when it has
 * proved that nothing is lower.
 */
final class PlacementSolver {
    /** Recursion is as deep as there are buffers and spaces given up. */
    static final long STACK_BYTES = 512L << 20;
    /** The rest is for ending and for checking what was found. */
    private static final double SEARCH_SHARE = 0.97;
    private static final double REMEMBERED = 0.2;
    /** With more overlapping pairs than this, exact search would get nowhere. */
    private static final long MAX_PAIRS = 4_000_000;

    private final PlacementProblem problem;
    private final OverlapGraph graph;
    private final Incumbent incumbent;
    private final long greedyHeight;

    private PlacementSolver(PlacementProblem problem, double seconds) {
        long deadline = System.nanoTime() + (long) (SEARCH_SHARE * seconds * 1e9);
        this.problem = problem;
        this.graph = GreedyPlacer.neighbours(problem);
        long[] greedy = GreedyPlanner.best(problem, graph, () -> System.nanoTime() - deadline >= 0);
        this.greedyHeight = problem.height(greedy);
        this.incumbent = new Incumbent(problem, greedy, deadline);
    }

    /**
     * What was found.
     *
     * @param offsets by buffer
     * @param greedyHeight what the greedy orders alone reach
     * @param optimal whether nothing lower exists
     */
    record Solution(long[] offsets, long height, long greedyHeight, boolean optimal) {
    }

    /** Searches for at most about {@code seconds}; ends early when the thread is interrupted, which it then still is. */
    static Solution solve(PlacementProblem problem, double seconds) {
        PlacementSolver solver = new PlacementSolver(problem, seconds);
        solver.search();
        return solver.solution();
    }

    /** {@link #solve} without threads of its own. */
    static Solution solveHere(PlacementProblem problem, double seconds) {
        PlacementSolver solver = new PlacementSolver(problem, seconds);
        if (!solver.incumbent.done()) {
            (solver.large() ? solver.greedy(1) : solver.varied(1)).run(solver.incumbent::done);
        }
        return solver.solution();
    }

    private Solution solution() {
        PlacementCheck.check(problem, incumbent.offsets());
        return new Solution(incumbent.offsets(), incumbent.height(), greedyHeight, incumbent.optimal());
    }

    private boolean large() {
        return OverlapGraph.pairs(problem, MAX_PAIRS) > MAX_PAIRS;
    }

    private void search() {
        if (incumbent.done()) {
            return;
        }
        boolean large = large();
        Worker first = new Worker("placement-1", large ? greedy(1) : insisting(1));
        Worker second = new Worker("placement-2", large ? greedy(2) : varied(2));
        first.start();
        second.start();
        first.await();
        second.await();
    }

    private WorkShares greedy(long seed) {
        return new WorkShares().add(1, new GreedyTeam(problem, graph, incumbent, seed)::attempt);
    }

    private WorkShares insisting(long seed) {
        return new WorkShares()
                .add(0.75, new CapacitySearcher(problem, incumbent, true, 0, seed)::attempt)
                .add(0.25, new GreedyTeam(problem, graph, incumbent, seed)::attempt);
    }

    private WorkShares varied(long seed) {
        return new WorkShares()
                .add(0.4, new GreedyTeam(problem, graph, incumbent, seed)::attempt)
                .add(0.3, new CapacitySearcher(problem, incumbent, true, REMEMBERED, seed)::attempt)
                .add(0.3, new CapacitySearcher(problem, incumbent, false, REMEMBERED, seed + 100)::attempt);
    }

    /** A thread whose failure reaches the one that waits for it. */
    private final class Worker {
        private final Thread thread;
        private volatile Throwable failure;

        Worker(String name, WorkShares work) {
            thread = new Thread(null, () -> run(work), name, STACK_BYTES);
            thread.setDaemon(true);
        }

        private void run(WorkShares work) {
            try {
                work.run(incumbent::done);
            } catch (RuntimeException | Error e) {
                failure = e;
                incumbent.stop();
            }
        }

        void start() {
            thread.start();
        }

        void await() {
            boolean interrupted = false;
            while (true) {
                try {
                    thread.join();
                    break;
                } catch (InterruptedException e) {
                    incumbent.stop();
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure != null) {
                throw new IllegalStateException("placement search failed", failure);
            }
        }
    }
}
