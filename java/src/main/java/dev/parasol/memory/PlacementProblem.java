package dev.parasol.memory;

import java.util.Arrays;

/**
 * Buffers with fixed lifetimes that are to get offsets in one slab so that no two that live at the same time overlap.
 * Lifetimes are half-open {@code [lower, upper)}. Times are renumbered so that they count the distinct moments at which
 * something begins or ends. Sizes are in whatever unit the caller uses. Immutable.
 */
final class PlacementProblem {
    private final int[] lower;
    private final int[] upper;
    private final long[] size;
    private final int moments;
    private final long lowerBound;

    /**
     * @throws IllegalArgumentException when the arrays differ in length, a lifetime is empty or a size is negative
     */
    PlacementProblem(long[] lower, long[] upper, long[] size) {
        if (lower.length != upper.length || lower.length != size.length) {
            throw new IllegalArgumentException("as many lowers as uppers as sizes are needed");
        }
        for (int i = 0; i < size.length; i++) {
            if (lower[i] >= upper[i]) {
                throw new IllegalArgumentException("buffer " + i + " lives from " + lower[i] + " to " + upper[i]);
            }
            if (size[i] < 0) {
                throw new IllegalArgumentException("buffer " + i + " has size " + size[i]);
            }
        }
        long[] times = distinct(lower, upper);
        this.lower = renumber(lower, times);
        this.upper = renumber(upper, times);
        this.size = size.clone();
        this.moments = Math.max(1, times.length);
        this.lowerBound = Arrays.stream(profile()).max().orElse(0);
    }

    private static long[] distinct(long[] lower, long[] upper) {
        long[] times = Arrays.copyOf(lower, lower.length + upper.length);
        System.arraycopy(upper, 0, times, lower.length, upper.length);
        return Arrays.stream(times).sorted().distinct().toArray();
    }

    private static int[] renumber(long[] values, long[] times) {
        return Arrays.stream(values).mapToInt(value -> Arrays.binarySearch(times, value)).toArray();
    }

    int count() {
        return size.length;
    }

    int lower(int buffer) {
        return lower[buffer];
    }

    int upper(int buffer) {
        return upper[buffer];
    }

    long size(int buffer) {
        return size[buffer];
    }

    /** How long the buffer lives, in moments. */
    int length(int buffer) {
        return upper[buffer] - lower[buffer];
    }

    /** Number of distinct times; every {@code upper} is below it. */
    int moments() {
        return moments;
    }

    /** The largest total size alive at one time: no placement can do with less. */
    long lowerBound() {
        return lowerBound;
    }

    boolean overlap(int a, int b) {
        return lower[a] < upper[b] && lower[b] < upper[a];
    }

    /** Total size alive from each moment to the next. */
    long[] profile() {
        long[] live = new long[moments];
        for (int i = 0; i < size.length; i++) {
            live[lower[i]] += size[i];
            live[upper[i]] -= size[i];
        }
        for (int t = 1; t < moments; t++) {
            live[t] += live[t - 1];
        }
        return live;
    }

    /** The least size of a slab that holds the placement. */
    long height(long[] offsets) {
        long height = 0;
        for (int i = 0; i < size.length; i++) {
            height = Math.max(height, offsets[i] + size[i]);
        }
        return height;
    }
}
