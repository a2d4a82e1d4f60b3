package dev.parasol.pipeline;

/**
 * Where in its recording a piece lies, in milliseconds.
 *
 * @param startMs where its words begin
 * @param endMs where its words end
 * @param beforeMs by what its samples begin earlier
 * @param afterMs by what they end later; 0 where its last word is its own whatever comes
 * @param continues whether it was cut off from the piece before it, so that their texts are one
 */
record PiecePlace(long startMs, long endMs, long beforeMs, long afterMs, boolean continues) {
    /** Where its samples begin. */
    long heardFromMs() {
        return startMs - beforeMs;
    }
}
