package dev.parasol.memory;

import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Places buffers one after the other in a given order, each at an offset where it fits among those placed before:
 * the lowest one, or the one whose gap leaves the least over. Buffers of size 0 lie at 0. Not thread-safe; scratch
 * memory is reused between calls.
 */
final class GreedyPlacer {
    /** Which of the offsets that fit is taken. */
    enum Fit { LOWEST, TIGHTEST }

    /** With more than this share of all pairs overlapping, going through all placed buffers is quicker than keeping neighbours. */
    private static final double SPARSE = 0.02;
    /** A graph of so many takes 128 MiB. */
    private static final long MAX_PAIRS = 1 << 24;

    private final PlacementProblem problem;
    /** Null when buffers are found by scanning. */
    private final OverlapGraph graph;
    private final boolean[] placed;
    /** With a graph: where placed neighbours begin and end. Without: where all placed buffers do, by offset, with their lifetimes. */
    private final long[] from;
    private final long[] to;
    private final int[] lower;
    private final int[] upper;
    private final BooleanSupplier stop;
    private int failedAt;

    /**
     * @param graph the problem's, as {@link #neighbours} says; with null buffers are found by scanning
     * @param stop asked now and then; true ends a placement without a result
     */
    GreedyPlacer(PlacementProblem problem, OverlapGraph graph, BooleanSupplier stop) {
        int n = problem.count();
        this.problem = problem;
        this.stop = stop;
        this.graph = graph;
        this.placed = new boolean[n];
        this.from = new long[n];
        this.to = new long[n];
        this.lower = graph == null ? new int[n] : new int[0];
        this.upper = graph == null ? new int[n] : new int[0];
    }

    /** What all placers of a problem share: its graph where going by neighbours is quicker than scanning, else null. */
    static OverlapGraph neighbours(PlacementProblem problem) {
        return OverlapGraph.of(problem, Math.min(MAX_PAIRS, (long) (SPARSE * problem.count() * problem.count())));
    }

    /**
     * Offsets for the order.
     *
     * @param limit the height at which to give up
     * @return offsets by buffer, or null when some buffer's end would pass {@code limit} or it was stopped
     */
    long[] place(int[] order, Fit fit, long limit) {
        long[] offsets = new long[problem.count()];
        Arrays.fill(placed, false);
        int count = 0;
        for (int i = 0; i < order.length; i++) {
            int buffer = order[i];
            long size = problem.size(buffer);
            if (size == 0) {
                continue;
            }
            long offset = graph != null ? choose(gather(buffer, offsets), size, fit) : scan(buffer, count, fit);
            if (offset + size > limit || (i & 63) == 0 && stop.getAsBoolean()) {
                failedAt = i;
                return null;
            }
            offsets[buffer] = offset;
            placed[buffer] = true;
            if (graph == null) {
                insert(buffer, offset, count++);
            }
        }
        return offsets;
    }

    /** The place in the order of the buffer that did not fit, after {@link #place} returned null. */
    int failedAt() {
        return failedAt;
    }

    /**
     * Collects where the placed neighbours begin and end, each sorted. Sorting beginnings and ends apart keeps the gaps:
     * before the k-th beginning there is a gap just when k of the ends are at or below it, and it begins at the k-th end.
     */
    private int gather(int buffer, long[] offsets) {
        int count = 0;
        for (int k = graph.begin(buffer), end = graph.end(buffer); k < end; k++) {
            int other = graph.neighbour(k);
            if (placed[other]) {
                from[count] = offsets[other];
                to[count++] = offsets[other] + problem.size(other);
            }
        }
        Arrays.sort(from, 0, count);
        Arrays.sort(to, 0, count);
        return count;
    }

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
            top = to[k];
        }
        return best >= 0 ? best : top;
    }

    /** Goes through all placed buffers by offset, and looks at the gaps between those that live together with the buffer. */
    private long scan(int buffer, int count, Fit fit) {
        long size = problem.size(buffer);
        int begins = problem.lower(buffer);
        int ends = problem.upper(buffer);
        long top = 0;
        long best = -1;
        long bestRest = Long.MAX_VALUE;
        for (int k = 0; k < count; k++) {
            if (lower[k] >= ends || begins >= upper[k]) {
                continue;
            }
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

    private void insert(int buffer, long offset, int count) {
        int at = Arrays.binarySearch(from, 0, count, offset);
        at = at < 0 ? ~at : at;
        System.arraycopy(from, at, from, at + 1, count - at);
        System.arraycopy(to, at, to, at + 1, count - at);
        System.arraycopy(lower, at, lower, at + 1, count - at);
        System.arraycopy(upper, at, upper, at + 1, count - at);
        from[at] = offset;
        to[at] = offset + problem.size(buffer);
        lower[at] = problem.lower(buffer);
        upper[at] = problem.upper(buffer);
    }
}
