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

    /** The frames' decisions, {@code 1} being speech, from the one on that the next frame takes the place of, and last the state. */
    String state() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < frames.length; i++) {
            text.append(frames[(next + i) % frames.length] ? '1' : '0');
        }
        return text.append(speech ? '1' : '0').toString();
    }

    /** Goes on where another one was in {@code state}. */
    void restore(String state) {
        if (state.length() != frames.length + 1) {
            throw new IllegalArgumentException("a window of " + frames.length + " frames in the state " + state);
        }
        reset();
        for (int i = 0; i < frames.length; i++) {
            frames[i] = state.charAt(i) == '1';
            count += frames[i] ? 1 : 0;
        }
        speech = state.charAt(frames.length) == '1';
    }

    void reset() {
        Arrays.fill(frames, false);
        next = 0;
        count = 0;
        speech = false;
    }
}
