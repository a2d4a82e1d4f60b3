package dev.parasol.memory;

import java.util.Arrays;

/**
 * What the search knows of the level parts of the skyline, kept until a height in them or beside them changes: where a
 * part ends, and which of its sections is the best to decide next. Not thread-safe.
 */
final class Plateaus {
    private final boolean[] known;
    private final int[] start;
    private final int[] end;
    private final int[] pivot;
    private final double[] score;

    Plateaus(int sections) {
        known = new boolean[sections];
        start = new int[sections];
        end = new int[sections];
        pivot = new int[sections];
        score = new double[sections];
    }

    /** Forgets what touches the sections {@code [lo, hi)}. */
    void invalidate(int lo, int hi) {
        int last = Math.min(hi, known.length - 1);
        for (int section = Math.max(0, lo - 1); section <= last; section++) {
            known[start[section]] = false;
        }
    }

    void invalidateAll() {
        Arrays.fill(known, false);
    }

    boolean known(int section) {
        return known[section];
    }

    int end(int section) {
        return end[section];
    }

    /** The section to decide, or -1 when the part is no valley. */
    int pivot(int section) {
        return pivot[section];
    }

    double score(int section) {
        return score[section];
    }

    void put(int from, int to, int pivotSection, double pivotScore) {
        Arrays.fill(start, from, to, from);
        known[from] = true;
        end[from] = to;
        pivot[from] = pivotSection;
        score[from] = pivotScore;
    }
}
