package dev.parasol.memory;

import java.util.Arrays;

/**
 * Places buffers one after the other in a given order, each at an offset where it fits among those placed before:
 * the lowest one, or the one whose gap leaves the least over. Buffers of size 0 lie at 0. Not thread-safe; scratch memory is reused between calls.
 */
final class GreedyPlacer {
    /** Which of the offsets that fit is taken. */
    enum Fit { LOWEST, TIGHTEST }

    /** Above so many overlapping pairs the neighbours are found by scanning instead of kept. */
    private static final long MAX_PAIRS = 4_000_000;

    private final PlacementProblem problem;
    private final OverlapGraph graph;
    private final boolean[] placed;
    /** Placed neighbours of the buffer at hand: their offset, and their end, by offset. */
    private final long[] from;
    private final long[] to;
    /** Without a graph: all placed buffers by offset. */
    private final int[] stack;

    GreedyPlacer(PlacementProblem problem) {
        this(problem, MAX_PAIRS);
    }

    GreedyPlacer(PlacementProblem problem, long maxPairs) {
        int n = problem.count();
        this.problem = problem;
        this.graph = OverlapGraph.of(problem, maxPairs);
        this.placed = new boolean[n];
        this.from = new long[n];
        this.to = new long[n];
        this.stack = graph == null ? new int[n] : new int[0];
    }

    /**
     * Offsets for the order.
     *
     * @param limit the height at which to give up
     * @return offsets by buffer, or null when some buffer's end would pass {@code limit}
     */
    long[] place(int[] order, Fit fit, long limit) {
        long[] offsets = new long[problem.count()];
        Arrays.fill(placed, false);
        int stacked = 0;
        for (int i = 0; i < order.length; i++) {
            int buffer = order[i];
            if (problem.size(buffer) == 0) {
                continue;
            }
            int neighbours = graph != null ? gather(buffer, offsets) : scan(buffer, offsets, stacked);
            long offset = choose(neighbours, problem.size(buffer), fit);
            if (offset + problem.size(buffer) > limit) {
                return null;
            }
            offsets[buffer] = offset;
            placed[buffer] = true;
            if (graph == null) {
                insert(buffer, offsets, stacked++);
            }
        }
        return offsets;
    }

    /** Collects the placed neighbours, by offset. */
    private int gather(int buffer, long[] offsets) {
        int count = 0;
        for (int k = graph.begin(buffer), end = graph.end(buffer); k < end; k++) {
            int other = graph.neighbour(k);
            if (placed[other]) {
                from[count++] = offsets[other];
            }
        }
        if (count > 40) {
            return gatherSorted(buffer, offsets, count);
        }
        count = 0;
        for (int k = graph.begin(buffer), end = graph.end(buffer); k < end; k++) {
            int other = graph.neighbour(k);
            if (placed[other]) {
                long offset = offsets[other];
                int at = count++;
                for (; at > 0 && from[at - 1] > offset; at--) {
                    from[at] = from[at - 1];
                    to[at] = to[at - 1];
                }
                from[at] = offset;
                to[at] = offset + problem.size(other);
            }
        }
        return count;
    }

    /** As the insertion above, for many: offsets and ends may be sorted apart, since only the union of the spans counts. */
    private int gatherSorted(int buffer, long[] offsets, int count) {
        int i = 0;
        for (int k = graph.begin(buffer), end = graph.end(buffer); k < end; k++) {
            int other = graph.neighbour(k);
            if (placed[other]) {
                to[i++] = offsets[other] + problem.size(other);
            }
        }
        Arrays.sort(from, 0, count);
        Arrays.sort(to, 0, count);
        return count;
    }

    private int scan(int buffer, long[] offsets, int placedCount) {
        int count = 0;
        for (int k = 0; k < placedCount; k++) {
            int other = stack[k];
            if (problem.overlap(buffer, other)) {
                from[count] = offsets[other];
                to[count++] = offsets[other] + problem.size(other);
            }
        }
        return count;
    }

    private void insert(int buffer, long[] offsets, int placedCount) {
        int at = placedCount;
        long offset = offsets[buffer];
        for (; at > 0 && offsets[stack[at - 1]] > offset; at--) {
            stack[at] = stack[at - 1];
        }
        stack[at] = buffer;
    }

    /**
     * The offset between the spans {@code [from, to)}. Sorting both ends apart keeps the union: the k-th span then begins
     * at the k-th beginning, and the highest end among the first k is the same.
     */
    private long choose(int count, long size, Fit fit) {
        long top = 0;
        long best = -1;
        long bestRest = Long.MAX_VALUE;
        for (int k = 0; k < count; k++) {
            long rest = from[k] - top - size;
            if (rest >= 0 && rest < bestRest) {
                if (fit == Fit.LOWEST || rest == 0) {
                    return top;
                }
                best = top;
                bestRest = rest;
            }
            top = Math.max(top, to[k]);
        }
        return best >= 0 ? best : top;
    }
}
