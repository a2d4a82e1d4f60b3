package dev.parasol.bench.kernel;

import java.util.Arrays;

/** Frames cut into segments. */
final class Segments {
    private Segments() {}

    /** The lengths of as many segments of {@code length} as fit into {@code frames}, and a shorter last one where something is left. */
    static int[] of(int frames, int length) {
        int[] lengths = new int[(frames + length - 1) / length];
        Arrays.fill(lengths, length);
        lengths[lengths.length - 1] = frames - length * (lengths.length - 1);
        return lengths;
    }
}
