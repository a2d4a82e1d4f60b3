package dev.parasol.pipeline;

import dev.parasol.model.CifTrace;

/**
 * What was recognised in a piece, without its samples.
 *
 * @param ids nothing dropped
 * @param trace what times are made from; null where they were not asked for
 * @param elapsedSeconds time spent on it
 */
record Found(int[] ids, CifTrace trace, double elapsedSeconds) {
    static Found in(Utterance utterance) {
        return new Found(utterance.ids(), utterance.trace(), utterance.elapsedSeconds());
    }
}
