package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import java.util.Arrays;

/**
 * A stretch of a recording that is recognised in one go.
 *
 * @param place where it lies
 * @param samples of it, which may begin earlier and end later so that words at its borders are heard whole
 */
record SpeechPiece(PiecePlace place, float[] samples) {
    /** Samples of a millisecond. */
    static final int PER_MS = AudioClip.SAMPLE_RATE / 1000;

    /** The same without what is before {@code ms}, for a piece without anything around it. */
    SpeechPiece from(long ms) {
        return new SpeechPiece(new PiecePlace(ms, place.endMs(), 0, 0, false),
                Arrays.copyOfRange(samples, Math.toIntExact((ms - place.startMs()) * PER_MS), samples.length));
    }
}
