package dev.parasol.model;

import java.util.List;

/**
 * What a pass found in one utterance.
 *
 * @param ids the ids of its tokens, nothing dropped
 * @param trace what times are made from; null where they were not asked for
 */
public record Recognised(int[] ids, CifTrace trace) {
    /** The ids of several utterances. */
    static List<int[]> ids(List<Recognised> recognised) {
        return recognised.stream().map(Recognised::ids).toList();
    }
}
