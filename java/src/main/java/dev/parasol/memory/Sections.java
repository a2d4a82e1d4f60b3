package dev.parasol.memory;

import java.util.Arrays;
import java.util.Comparator;

/**
 * A placement problem with time reduced to what matters: one section for every largest set of buffers that live
 * together. Each buffer spans the sections {@code [lo, hi)}, and two overlap in sections just when they do in time.
 * Buffers are numbered by {@code lo}; those of size 0 are left out. Immutable.
 */
final class Sections {
    final int buffers;
    final int count;
    final int[] lo;
    final int[] hi;
    final long[] size;
    /** The buffers that begin in section s are {@code [first[s], first[s + 1])}. */
    final int[] first;
    /** The largest total size over a section. */
    final long lowerBound;
    private final int[] original;
    private final int originalCount;

    Sections(PlacementProblem problem) {
        originalCount = problem.count();
        lowerBound = problem.lowerBound();
        int[] spanLow = new int[originalCount];
        int[] spanHigh = new int[originalCount];
        count = span(problem, spanLow, spanHigh);
        Integer[] order = new Integer[originalCount];
        Arrays.setAll(order, i -> i);
        order = Arrays.stream(order).filter(i -> problem.size(i) > 0).toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingInt((Integer i) -> spanLow[i]).thenComparingInt(i -> spanHigh[i])
                .thenComparingLong(problem::size));
        buffers = order.length;
        lo = new int[buffers];
        hi = new int[buffers];
        size = new long[buffers];
        original = new int[buffers];
        for (int i = 0; i < buffers; i++) {
            original[i] = order[i];
            lo[i] = spanLow[order[i]];
            hi[i] = spanHigh[order[i]];
            size[i] = problem.size(order[i]);
        }
        first = new int[count + 1];
        for (int section = 0, i = 0; section <= count; section++) {
            while (i < buffers && lo[i] < section) {
                i++;
            }
            first[section] = i;
        }
    }

    /** A section ends where a buffer ends after some buffer had begun in it. */
    private static int span(PlacementProblem problem, int[] low, int[] high) {
        int moments = problem.moments();
        boolean[] begins = new boolean[moments];
        boolean[] ends = new boolean[moments];
        for (int i = 0; i < problem.count(); i++) {
            if (problem.size(i) > 0) {
                begins[problem.lower(i)] = true;
                ends[problem.upper(i)] = true;
            }
        }
        int[] section = new int[moments];
        int current = 0;
        boolean begun = false;
        for (int moment = 0; moment < moments; moment++) {
            if (ends[moment] && begun) {
                current++;
                begun = false;
            }
            section[moment] = current;
            begun |= begins[moment];
        }
        for (int i = 0; i < problem.count(); i++) {
            low[i] = section[problem.lower(i)];
            high[i] = section[problem.upper(i)];
        }
        return current;
    }

    int length(int buffer) {
        return hi[buffer] - lo[buffer];
    }

    /** Offsets by the problem's own numbers. */
    long[] original(long[] offsets) {
        long[] result = new long[originalCount];
        for (int i = 0; i < buffers; i++) {
            result[original[i]] = offsets[i];
        }
        return result;
    }
}
