package dev.parasol.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Proves a placement right, by going through time with the buffers that are alive kept by offset. */
final class PlacementCheck {
    private PlacementCheck() {
    }

    /** @throws IllegalStateException that names two buffers that live together and overlap, or one that begins below 0 */
    static void check(PlacementProblem problem, long[] offsets) {
        TreeMap<Long, Integer> alive = new TreeMap<>();
        for (Change change : changes(problem)) {
            int buffer = change.buffer();
            long offset = offsets[buffer];
            if (!change.begins()) {
                alive.remove(offset);
                continue;
            }
            if (offset < 0) {
                throw new IllegalStateException("buffer " + buffer + " is placed at " + offset);
            }
            checkApart(problem, offsets, alive.floorEntry(offset), buffer);
            checkApart(problem, offsets, alive.higherEntry(offset), buffer);
            alive.put(offset, buffer);
        }
    }

    private static void checkApart(PlacementProblem problem, long[] offsets, Map.Entry<Long, Integer> entry, int buffer) {
        if (entry == null) {
            return;
        }
        int other = entry.getValue();
        if (offsets[other] + problem.size(other) > offsets[buffer] && offsets[buffer] + problem.size(buffer) > offsets[other]) {
            throw new IllegalStateException("buffers " + other + " and " + buffer + " live together and overlap");
        }
    }

    private record Change(int moment, boolean begins, int buffer) {
    }

    /** Beginnings and ends by time, ends first. */
    private static List<Change> changes(PlacementProblem problem) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < problem.count(); i++) {
            if (problem.size(i) > 0) {
                changes.add(new Change(problem.lower(i), true, i));
                changes.add(new Change(problem.upper(i), false, i));
            }
        }
        changes.sort(Comparator.comparingInt(Change::moment).thenComparing(Change::begins));
        return changes;
    }
}
