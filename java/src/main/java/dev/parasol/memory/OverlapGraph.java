package dev.parasol.memory;

import java.util.Arrays;
import java.util.Comparator;

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
        Integer[] byLower = new Integer[n];
        Arrays.setAll(byLower, i -> i);
        Arrays.sort(byLower, Comparator.comparingInt(problem::lower));
        int[] degree = new int[n + 1];
        if (sweep(problem, byLower, maxPairs, (a, b) -> {
            degree[a + 1]++;
            degree[b + 1]++;
        }) < 0) {
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

    private interface Pair {
        void meet(int a, int b);
    }

    /** Visits every overlapping pair once, by going through time and keeping the buffers that are alive. */
    private static long sweep(PlacementProblem problem, Integer[] byLower, long maxPairs, Pair visitor) {
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
                return -1;
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
