package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import java.util.Arrays;

/**
 * A stretch of a recording that is recognised in one go.
 *
 * @param startMs where its words begin
 * @param endMs where its words end
 * @param samples of it, which may begin earlier and end later so that words at its borders are heard whole
 * @param beforeMs by what they begin earlier
 * @param afterMs by what they end later
 */
record SpeechPiece(long startMs, long endMs, float[] samples, long beforeMs, long afterMs) {
    /** Samples of a millisecond. */
    static final int PER_MS = AudioClip.SAMPLE_RATE / 1000;

    /** Without anything around it. */
    SpeechPiece(long startMs, long endMs, float[] samples) {
        this(startMs, endMs, samples, 0, 0);
    }

    /** The same without what is before {@code ms}, for a piece without anything around it. */
    SpeechPiece from(long ms) {
        return new SpeechPiece(ms, endMs, Arrays.copyOfRange(samples, Math.toIntExact((ms - startMs) * PER_MS), samples.length));
    }
}
