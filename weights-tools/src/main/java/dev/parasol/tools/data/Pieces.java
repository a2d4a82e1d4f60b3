package dev.parasol.tools.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Long recordings cut up, so that a model can be run on them, and parts of them be held out. */
public final class Pieces {
    private static final int SECONDS = 8;

    private Pieces() {}

    /** Pieces of eight seconds at most, of equal length within a recording; of recordings that are cut nothing is known of what was said. Empty ones are left out. */
    public static List<Speech> of(List<Speech> speech) {
        List<Speech> pieces = new ArrayList<>();
        for (Speech one : speech) {
            int count = (int) Math.ceil(one.seconds() / SECONDS);
            for (int i = 0; i < count; i++) {
                int from = (int) ((long) one.samples().length * i / count);
                int to = (int) ((long) one.samples().length * (i + 1) / count);
                pieces.add(count == 1 ? one : new Speech(one.id() + "-" + i, Arrays.copyOfRange(one.samples(), from, to), null));
            }
        }
        return pieces;
    }
}
