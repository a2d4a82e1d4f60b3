package dev.parasol.memory;

import java.util.List;

/**
 * Places buffers whose lifetimes are known beforehand at offsets within one slab. Sizes are rounded up to 256 bytes,
 * which all offsets are multiples of. Thread-safe.
 */
public final class ActivationPlanner {
    private ActivationPlanner() {
    }

    /**
     * A buffer to be placed. It lives from the start of step {@code firstStep} to the end of step {@code lastStep}, so
     * what one step reads and what it writes never share memory.
     *
     * @param name for reports and messages
     * @param bytes its size, 0 or more
     */
    public record Lifetime(String name, int firstStep, int lastStep, long bytes) {
        /** Checks the values; {@link IllegalArgumentException} when it ends before it begins or has a negative size. */
        public Lifetime {
            if (firstStep > lastStep || bytes < 0) {
                throw new IllegalArgumentException(
                        "buffer '" + name + "' of " + bytes + " bytes lives from step " + firstStep + " to " + lastStep);
            }
        }
    }

    /**
     * Places by the best of several greedy orders, in well under a millisecond for a forward pass. The result depends on
     * nothing but the list.
     */
    public static Placement place(List<Lifetime> lifetimes) {
        PlacementProblem problem = problem(lifetimes);
        return placement(problem, GreedyPlanner.best(problem, GreedyPlacer.neighbours(problem), () -> false));
    }

    /**
     * Places as tightly as it can within about {@code seconds} on two threads, for use off the hot path. Ends early when
     * nothing tighter exists.
     */
    public static Placement search(List<Lifetime> lifetimes, double seconds) {
        PlacementProblem problem = problem(lifetimes);
        return placement(problem, PlacementSolver.solve(problem, seconds).offsets());
    }

    /** {@link #search} on the calling thread alone, which has a stack of {@link PlacementSolver#STACK_BYTES}; ends early when it is interrupted. */
    static Placement searchHere(List<Lifetime> lifetimes, double seconds) {
        PlacementProblem problem = problem(lifetimes);
        return placement(problem, PlacementSolver.solveHere(problem, seconds).offsets());
    }

    static PlacementProblem problem(List<Lifetime> lifetimes) {
        int n = lifetimes.size();
        long[] lower = new long[n];
        long[] upper = new long[n];
        long[] units = new long[n];
        for (int i = 0; i < n; i++) {
            Lifetime lifetime = lifetimes.get(i);
            lower[i] = lifetime.firstStep();
            upper[i] = lifetime.lastStep() + 1L;
            units[i] = Alignment.count(lifetime.bytes(), Alignment.BYTES);
        }
        return new PlacementProblem(lower, upper, units);
    }

    static Placement placement(PlacementProblem problem, long[] units) {
        long[] offsets = new long[units.length];
        for (int i = 0; i < units.length; i++) {
            offsets[i] = Math.multiplyExact(units[i], (long) Alignment.BYTES);
        }
        return new Placement(offsets, Math.multiplyExact(problem.height(units), (long) Alignment.BYTES),
                problem.lowerBound() * Alignment.BYTES);
    }
}
