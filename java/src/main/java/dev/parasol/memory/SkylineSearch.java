package dev.parasol.memory;

import java.util.Arrays;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Exact search for a placement within a capacity, by branch and bound over skylines.
 *
 * <p>A placement can always be pushed down until every buffer rests on another one or on the ground, so it is enough to
 * build from the bottom. In a valley of the skyline (a level part with higher walls) some section is picked, and the
 * question is which buffer rests on it: one of those that span the section and lie within the valley, or none. If none,
 * whatever comes over the section rests on a wall or on a buffer beside it, so the space up to the lowest of these is
 * given up. A state is left when over some section the skyline and what is still to come exceed the capacity, when a
 * buffer would fit into space that was given up, or when the same state failed before. Where no buffer to come spans two
 * sections the parts left and right are searched apart. Sections whose space nothing can use are raised at once.
 *
 * <p>How quickly such a search succeeds varies wildly with its rules, so it is meant to be run in short attempts with
 * changing rules and some chance in the preferences; failed states are remembered across attempts. The ideas of building
 * in canonical order with inference by sections, of dominance and of splitting in time are those of the MiniMalloc paper
 * (Moffitt, "MiniMalloc: A Lightweight Memory Allocator for Hardware-Accelerated Machine Learning", 2023).
 *
 * <p>Not thread-safe; deep recursion, so it wants a thread with a large stack.
 */
final class SkylineSearch {
    /** How an attempt ended. */
    enum Outcome { FOUND, IMPOSSIBLE, GAVE_UP }

    private static final int FAIL = -1;
    private static final int COMPLETE = -2;
    private static final int RAISED = -3;
    private static final int MEMORY_LIMIT = 4096;
    private static final long WALL = Long.MAX_VALUE;

    private final Sections sections;
    private final long capacity;
    private final Random random;
    private final BooleanSupplier stop;
    private final Plateaus plateaus;
    private final Skyline skyline;
    private final FailedStates failed = new FailedStates();
    private final double[] failures;
    private final int[] choices;
    private SearchRule rule;
    private double chance;
    private long failuresLeft;
    private boolean stopped;

    /** @param stop asked at every step; true ends the attempt */
    SkylineSearch(Sections sections, long capacity, long seed, BooleanSupplier stop) {
        this.sections = sections;
        this.capacity = capacity;
        this.random = new Random(seed);
        this.stop = stop;
        this.plateaus = new Plateaus(sections.count);
        this.skyline = new Skyline(sections, plateaus);
        this.failures = new double[sections.count];
        this.choices = new int[sections.count + 1];
    }

    /**
     * One attempt.
     *
     * @param searchRule how to decide
     * @param chanceShare by how much chance may change a preference, 0 to 1
     * @param maxFailures dead ends after which to give up
     * @param remembered share of the failures counted in earlier attempts that still count
     */
    Outcome attempt(SearchRule searchRule, double chanceShare, long maxFailures, double remembered) {
        if (capacity < sections.lowerBound) {
            return Outcome.IMPOSSIBLE;
        }
        rule = searchRule;
        chance = chanceShare;
        failuresLeft = maxFailures;
        stopped = false;
        for (int section = 0; section < sections.count; section++) {
            failures[section] *= remembered;
        }
        skyline.undo(0, 0);
        plateaus.invalidateAll();
        if (searchParts(0, sections.count)) {
            return Outcome.FOUND;
        }
        return stopped ? Outcome.GAVE_UP : Outcome.IMPOSSIBLE;
    }

    /** The offsets after an attempt that found them, by the problem's numbers. */
    long[] offsets() {
        return sections.original(skyline.offset);
    }

    private boolean searchParts(int from, int to) {
        for (int start = from; start < to;) {
            if (skyline.remaining[start] == 0) {
                start++;
                continue;
            }
            int end = start + 1;
            while (end < to && skyline.crossing[end - 1] > 0) {
                end++;
            }
            if (!search(start, end)) {
                return false;
            }
            start = end;
        }
        return true;
    }

    private boolean search(int from, int to) {
        stopped |= stop.getAsBoolean();
        if (stopped) {
            return false;
        }
        int changes = skyline.changes();
        int placements = skyline.placements();
        int pivot = decide(from, to);
        if (pivot == COMPLETE) {
            return true;
        }
        boolean remember = false;
        if (pivot >= 0) {
            boolean small = to - from + sections.first[to] - sections.first[from] <= MEMORY_LIMIT;
            long state = small ? state(from, to) : 0;
            remember = small && !failed.contains(state);
            if (!small || remember) {
                if (branch(from, to, pivot)) {
                    return true;
                }
                if (remember && !stopped) {
                    failed.add(state);
                }
            }
        }
        skyline.undo(changes, placements);
        return false;
    }

    /** Tries every answer to what rests on the section. */
    private boolean branch(int from, int to, int pivot) {
        long level = skyline.height[pivot];
        int start = pivot;
        while (start > from && joined(start - 1) && skyline.height[start - 1] == level) {
            start--;
        }
        int end = pivot + 1;
        while (end < to && joined(end - 1) && skyline.height[end] == level) {
            end++;
        }
        long left = start > from && joined(start - 1) ? skyline.height[start - 1] : WALL;
        long right = end < to && joined(end - 1) ? skyline.height[end] : WALL;
        int changes = skyline.changes();
        int placements = skyline.placements();
        for (int buffer : candidates(pivot, start, end, left, right)) {
            skyline.place(buffer);
            if (divided(sections.lo[buffer], sections.hi[buffer]) ? searchParts(from, to) : search(from, to)) {
                return true;
            }
            skyline.undo(changes, placements);
            if (stopped) {
                return false;
            }
        }
        long above = Math.min(Math.min(left, right), lowestEndBeside(pivot, start, end));
        if (above == WALL || above + skyline.remaining[pivot] > capacity) {
            return false;
        }
        skyline.raise(pivot, above);
        return !skyline.wasteful(pivot) && search(from, to);
    }

    private boolean joined(int section) {
        return skyline.crossing[section] > 0;
    }

    private boolean divided(int lo, int hi) {
        for (int section = lo; section < hi; section++) {
            if (skyline.remaining[section] == 0 || section + 1 < hi && skyline.crossing[section] == 0) {
                return true;
            }
        }
        return false;
    }

    /** Buffers over the section within the valley, the preferred first; of equal ones only one. */
    private int[] candidates(int pivot, int start, int end, long left, long right) {
        int[] found = new int[8];
        double[] value = new double[8];
        int count = 0;
        for (int i = sections.first[start], last = sections.first[pivot + 1]; i < last; i++) {
            if (skyline.placed[i] || sections.hi[i] <= pivot || sections.hi[i] > end || hasTwin(found, count, i)) {
                continue;
            }
            if (count == found.length) {
                found = Arrays.copyOf(found, count * 2);
                value = Arrays.copyOf(value, count * 2);
            }
            double preference = preference(i, start, end, left, right);
            int at = count++;
            for (; at > 0 && value[at - 1] < preference; at--) {
                found[at] = found[at - 1];
                value[at] = value[at - 1];
            }
            found[at] = i;
            value[at] = preference;
        }
        return Arrays.copyOf(found, count);
    }

    private boolean hasTwin(int[] found, int count, int buffer) {
        for (int k = 0; k < count; k++) {
            int other = found[k];
            if (sections.lo[other] == sections.lo[buffer] && sections.hi[other] == sections.hi[buffer]
                    && sections.size[other] == sections.size[buffer]) {
                return true;
            }
        }
        return false;
    }

    private double preference(int buffer, int start, int end, long left, long right) {
        long top = skyline.height[start] + sections.size[buffer];
        boolean atStart = sections.lo[buffer] == start;
        boolean atEnd = sections.hi[buffer] == end;
        int ends = (atStart ? 1 : 0) + (atEnd ? 1 : 0);
        int level = (atStart && top == left ? 1 : 0) + (atEnd && top == right ? 1 : 0);
        double preference = rule.preference(sections.size[buffer], sections.length(buffer), ends, level);
        return chance == 0 ? preference : preference * (1 - chance + 2 * chance * random.nextDouble());
    }

    /** The lowest end among the buffers that could rest in the valley but not over the section. */
    private long lowestEndBeside(int pivot, int start, int end) {
        long smallest = WALL;
        for (int i = sections.first[start], last = sections.first[end]; i < last; i++) {
            if (!skyline.placed[i] && sections.hi[i] <= end && (sections.lo[i] > pivot || sections.hi[i] <= pivot)) {
                smallest = Math.min(smallest, sections.size[i]);
            }
        }
        return smallest == WALL ? WALL : skyline.height[pivot] + smallest;
    }

    /** Raises what nothing can rest on, and says which section to decide next. */
    private int decide(int from, int to) {
        while (true) {
            int best = COMPLETE;
            double bestScore = Double.MAX_VALUE;
            boolean raised = false;
            for (int start = from; start < to; start = plateaus.end(start)) {
                if (!plateaus.known(start)) {
                    int outcome = survey(start, from, to);
                    if (outcome == FAIL) {
                        return FAIL;
                    }
                    if (outcome == RAISED) {
                        raised = true;
                        break;
                    }
                }
                if (plateaus.pivot(start) >= 0 && plateaus.score(start) < bestScore) {
                    best = plateaus.pivot(start);
                    bestScore = plateaus.score(start);
                }
            }
            if (!raised) {
                return best;
            }
        }
    }

    /** Looks at the level part that begins at {@code start}. */
    private int survey(int start, int from, int to) {
        long level = skyline.height[start];
        if (skyline.remaining[start] == 0) {
            plateaus.put(start, start + 1, -1, 0);
            return COMPLETE;
        }
        int end = start + 1;
        while (end < to && skyline.height[end] == level && joined(end - 1)) {
            end++;
        }
        long left = start > from && joined(start - 1) ? skyline.height[start - 1] : WALL;
        long right = end < to && joined(end - 1) ? skyline.height[end] : WALL;
        if (left < level || right < level) {
            plateaus.put(start, end, -1, 0);
            return COMPLETE;
        }
        long smallest = countChoices(start, end);
        long step = Math.min(Math.min(left, right) - level, smallest);
        boolean raised = false;
        int pivot = -1;
        double best = Double.MAX_VALUE;
        int over = 0;
        for (int section = start; section < end; section++) {
            over += choices[section];
            if (over == 0) {
                if (!raiseUnused(section)) {
                    return fail(section);
                }
                raised = true;
                continue;
            }
            int ways = over + (capacity - level - skyline.remaining[section] >= step ? 1 : 0);
            double score = rule.score(ways, (double) level / capacity, 1 + failures[section]);
            if (score < best) {
                best = score;
                pivot = section;
            }
        }
        if (raised) {
            return RAISED;
        }
        plateaus.put(start, end, pivot, best);
        return COMPLETE;
    }

    /** Fills {@link #choices} with by how much the number of buffers that can rest on a section changes there; returns the smallest size. */
    private long countChoices(int start, int end) {
        Arrays.fill(choices, start, end + 1, 0);
        long smallest = WALL;
        for (int i = sections.first[start], last = sections.first[end]; i < last; i++) {
            if (!skyline.placed[i] && sections.hi[i] <= end) {
                choices[sections.lo[i]]++;
                choices[sections.hi[i]]--;
                smallest = Math.min(smallest, sections.size[i]);
            }
        }
        return smallest;
    }

    private boolean raiseUnused(int section) {
        long lowest = skyline.lowestOver(section);
        if (lowest + skyline.remaining[section] > capacity) {
            return false;
        }
        skyline.raise(section, lowest);
        return !skyline.wasteful(section);
    }

    private int fail(int section) {
        failures[section]++;
        if (--failuresLeft < 0) {
            stopped = true;
        }
        return FAIL;
    }

    /** Hash of what the rest of the search between two sections depends on: the skyline, and which buffers are still to come. */
    private long state(int from, int to) {
        long hash = 0;
        for (int i = sections.first[from], last = sections.first[to]; i < last; i++) {
            hash += skyline.placed[i] ? 0 : mix(i);
        }
        for (int section = from; section < to; section++) {
            hash += mix(skyline.height[section] * 0x9E3779B97F4A7C15L ^ ~section);
        }
        return hash;
    }

    private static long mix(long value) {
        long z = (value + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
