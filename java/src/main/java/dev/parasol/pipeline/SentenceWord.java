package dev.parasol.pipeline;

/**
 * A word as it stands in a {@link Sentence}.
 *
 * @param text with the blank before it and the mark behind it, where there are such
 * @param startMs where it begins in the recording, in milliseconds, or -1 where that is not known
 * @param endMs where it ends, or -1
 */
public record SentenceWord(String text, long startMs, long endMs) {
    /** Checks the times; {@link IllegalArgumentException} when they are none of a word. */
    public SentenceWord {
        if (startMs < 0 ? startMs != -1 || endMs != -1 : endMs < startMs) {
            throw new IllegalArgumentException("no word lasts from " + startMs + " to " + endMs + " ms");
        }
    }

    /** Whether its times are known. */
    public boolean timed() {
        return startMs >= 0;
    }
}
