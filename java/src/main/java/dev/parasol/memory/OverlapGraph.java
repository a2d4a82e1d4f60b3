package dev.parasol.memory;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** For every buffer, which others live at some time that it lives too. Buffers of size 0 have no neighbours. Immutable. */
final class OverlapGraph {
    private final int[] start;
    private final int[] neighbours;

    private OverlapGraph(int[] start, int[] neighbours) {
        this.start = start;
        this.neighbours = neighbours;
    }

    /** The graph, or null when it would have more than {@code maxPairs} pairs. */
    static OverlapGraph of(PlacementProblem problem, long maxPairs) {
        int n = problem.count();
        int[] byLower = byLower(problem);
        int[] degree = new int[n + 1];
        long pairs = sweep(problem, byLower, maxPairs, (a, b) -> {
            degree[a + 1]++;
            degree[b + 1]++;
        });
        if (pairs > maxPairs) {
            return null;
        }
        for (int i = 0; i < n; i++) {
            degree[i + 1] += degree[i];
        }
        int[] neighbours = new int[degree[n]];
        int[] next = Arrays.copyOf(degree, n);
        sweep(problem, byLower, maxPairs, (a, b) -> {
            neighbours[next[a]++] = b;
            neighbours[next[b]++] = a;
        });
        return new OverlapGraph(degree, neighbours);
    }

    /** How many pairs overlap; counting stops at the first number above {@code enough}. */
    static long pairs(PlacementProblem problem, long enough) {
        return sweep(problem, byLower(problem), enough, (a, b) -> {});
    }

    private static int[] byLower(PlacementProblem problem) {
        return IntStream.range(0, problem.count()).boxed().sorted(Comparator.comparingInt(problem::lower)).mapToInt(Integer::intValue).toArray();
    }

    private interface Pair {
        void meet(int a, int b);
    }

    /**
     * Visits every overlapping pair once, until there are more than {@code maxPairs}, and returns their number. Goes through time and
     * keeps the buffers that are alive.
     */
    private static long sweep(PlacementProblem problem, int[] byLower, long maxPairs, Pair visitor) {
        int[] alive = new int[byLower.length];
        int count = 0;
        long pairs = 0;
        for (int buffer : byLower) {
            if (problem.size(buffer) == 0) {
                continue;
            }
            int kept = 0;
            for (int i = 0; i < count; i++) {
                if (problem.upper(alive[i]) > problem.lower(buffer)) {
                    alive[kept++] = alive[i];
                }
            }
            pairs += kept;
            if (pairs > maxPairs) {
                return pairs;
            }
            for (int i = 0; i < kept; i++) {
                visitor.meet(alive[i], buffer);
            }
            alive[kept] = buffer;
            count = kept + 1;
        }
        return pairs;
    }

    /** Where the neighbours of {@code buffer} begin in {@link #neighbour}. */
    int begin(int buffer) {
        return start[buffer];
    }

    int end(int buffer) {
        return start[buffer + 1];
    }

    int neighbour(int index) {
        return neighbours[index];
    }
}
