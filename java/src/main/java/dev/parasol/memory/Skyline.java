package dev.parasol.memory;

import java.util.Arrays;

/**
 * A partial placement built from the bottom up: over each section the height below which nothing more will be placed.
 * It consists of placed buffers and of space given up between them. Every step can be undone. Not thread-safe.
 */
final class Skyline {
    private final Sections sections;
    /** Nothing more is placed below this. */
    final long[] height;
    /** Where the topmost placed buffer ends; between this and {@link #height} lies space that was given up last. */
    private final long[] top;
    /** Total size of the buffers over the section that are still to be placed. */
    final long[] remaining;
    /** How many buffers still to be placed span both the section and the next one. */
    final int[] crossing;
    final boolean[] placed;
    final long[] offset;
    private int[] changed = new int[1 << 10];
    private long[] before = new long[1 << 10];
    private int changes;
    private final int[] order;
    private int placements;
    /** Told of every section whose height changes. */
    private final Plateaus plateaus;

    Skyline(Sections sections, Plateaus plateaus) {
        this.sections = sections;
        this.plateaus = plateaus;
        height = new long[sections.count];
        top = new long[sections.count];
        remaining = new long[sections.count];
        crossing = new int[sections.count];
        placed = new boolean[sections.buffers];
        offset = new long[sections.buffers];
        order = new int[sections.buffers];
        for (int i = 0; i < sections.buffers; i++) {
            add(i, 1);
        }
    }

    private void add(int buffer, int sign) {
        long size = sign * sections.size[buffer];
        int last = sections.hi[buffer] - 1;
        for (int section = sections.lo[buffer]; section < last; section++) {
            remaining[section] += size;
            crossing[section] += sign;
        }
        remaining[last] += size;
    }

    /** Puts the buffer on the skyline, which is level under it. */
    void place(int buffer) {
        int lo = sections.lo[buffer];
        int hi = sections.hi[buffer];
        placed[buffer] = true;
        offset[buffer] = height[lo];
        order[placements++] = buffer;
        long end = height[lo] + sections.size[buffer];
        add(buffer, -1);
        for (int section = lo; section < hi; section++) {
            save(section, height[section]);
            save(~section, top[section]);
            height[section] = end;
            top[section] = end;
        }
        plateaus.invalidate(lo, hi);
    }

    /** Gives up the space below {@code level} over the section. */
    void raise(int section, long level) {
        save(section, height[section]);
        height[section] = level;
        plateaus.invalidate(section, section + 1);
    }

    int changes() {
        return changes;
    }

    int placements() {
        return placements;
    }

    /** Back to the state that had so many changes and placements. */
    void undo(int toChanges, int toPlacements) {
        while (changes > toChanges) {
            int at = changed[--changes];
            if (at >= 0) {
                height[at] = before[changes];
                plateaus.invalidate(at, at + 1);
            } else {
                top[~at] = before[changes];
            }
        }
        while (placements > toPlacements) {
            int buffer = order[--placements];
            placed[buffer] = false;
            add(buffer, 1);
        }
    }

    private void save(int at, long value) {
        if (changes == changed.length) {
            changed = Arrays.copyOf(changed, changes * 2);
            before = Arrays.copyOf(before, changes * 2);
        }
        changed[changes] = at;
        before[changes++] = value;
    }

    /** The lowest offset that any buffer over the section can still get. */
    long lowestOver(int section) {
        long lowest = Long.MAX_VALUE;
        for (int i = 0, end = sections.first[section + 1]; i < end; i++) {
            if (!placed[i] && sections.hi[i] > section) {
                lowest = Math.min(lowest, highestUnder(i, section, lowest));
            }
        }
        return lowest;
    }

    /** The skyline's highest point under a buffer, looked for from {@code section} outwards until it is at least {@code enough}. */
    private long highestUnder(int buffer, int section, long enough) {
        long highest = height[section];
        for (int s = section + 1, hi = sections.hi[buffer]; s < hi && highest < enough; s++) {
            highest = Math.max(highest, height[s]);
        }
        for (int s = section - 1, lo = sections.lo[buffer]; s >= lo && highest < enough; s--) {
            highest = Math.max(highest, height[s]);
        }
        return highest;
    }

    /**
     * Whether a buffer that is still to be placed would fit into the space given up over the section. Then every
     * completion of this state can be bettered by moving it there, so that this state need not be looked at.
     */
    boolean wasteful(int section) {
        long gap = height[section] - top[section];
        for (int i = 0, end = sections.first[section + 1]; i < end; i++) {
            if (sections.size[i] <= gap && !placed[i] && sections.hi[i] > section && fitsBelow(i)) {
                return true;
            }
        }
        return false;
    }

    private boolean fitsBelow(int buffer) {
        long floor = 0;
        long ceiling = Long.MAX_VALUE;
        for (int s = sections.lo[buffer], hi = sections.hi[buffer]; s < hi; s++) {
            floor = Math.max(floor, top[s]);
            ceiling = Math.min(ceiling, height[s]);
            if (ceiling - floor < sections.size[buffer]) {
                return false;
            }
        }
        return true;
    }
}
