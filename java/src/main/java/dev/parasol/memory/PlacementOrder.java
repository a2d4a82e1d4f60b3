package dev.parasol.memory;

import java.util.Arrays;
import java.util.Comparator;

/** The orders in which {@link GreedyPlacer} is tried: what is hard to place comes first, by different ideas of hard. */
enum PlacementOrder {
    /** Largest first, of these the longest-lived. */
    SIZE,
    /** Largest product of size and lifetime first. */
    AREA,
    /** Longest-lived first, of these the largest. */
    LIFETIME,
    /** As they come into being, the largest first. */
    TIME;

    int[] of(PlacementProblem problem) {
        Comparator<Integer> order = switch (this) {
            case SIZE -> Comparator.comparingLong((Integer i) -> -problem.size(i)).thenComparingInt(i -> -problem.length(i));
            case AREA -> Comparator.comparingDouble((Integer i) -> -(double) problem.size(i) * problem.length(i));
            case LIFETIME -> Comparator.comparingInt((Integer i) -> -problem.length(i)).thenComparingLong(i -> -problem.size(i));
            case TIME -> Comparator.comparingInt((Integer i) -> problem.lower(i)).thenComparingLong(i -> -problem.size(i));
        };
        Integer[] buffers = new Integer[problem.count()];
        Arrays.setAll(buffers, i -> i);
        Arrays.sort(buffers, order.thenComparingInt(problem::lower).thenComparingInt(i -> i));
        return Arrays.stream(buffers).mapToInt(Integer::intValue).toArray();
    }
}
