package dev.parasol.pipeline;

import java.util.Arrays;

/**
 * Smooths decisions on frames: speech begins when enough of the last frames are speech, and silence begins when few enough are.
 * FunASR's {@code WindowDetector}. Not thread-safe.
 */
final class SpeechWindow {
    /** Whether a frame is in speech, and whether that is news. */
    enum Change {
        SILENCE_TO_SPEECH,
        SPEECH,
        SPEECH_TO_SILENCE,
        SILENCE
    }

    private final boolean[] frames;
    private final int speechAt;
    private final int silenceAt;
    private int next;
    private int count;
    private boolean speech;

    /**
     * @param size frames of the window
     * @param speechAt speech begins when at least this many are speech
     * @param silenceAt silence begins when at most this many are speech
     */
    SpeechWindow(int size, int speechAt, int silenceAt) {
        this.frames = new boolean[size];
        this.speechAt = speechAt;
        this.silenceAt = silenceAt;
    }

    int size() {
        return frames.length;
    }

    Change add(boolean frame) {
        count += (frame ? 1 : 0) - (frames[next] ? 1 : 0);
        frames[next] = frame;
        next = (next + 1) % frames.length;
        if (!speech && count >= speechAt) {
            speech = true;
            return Change.SILENCE_TO_SPEECH;
        }
        if (speech && count <= silenceAt) {
            speech = false;
            return Change.SPEECH_TO_SILENCE;
        }
        return speech ? Change.SPEECH : Change.SILENCE;
    }

    void reset() {
        Arrays.fill(frames, false);
        next = 0;
        count = 0;
        speech = false;
    }
}
