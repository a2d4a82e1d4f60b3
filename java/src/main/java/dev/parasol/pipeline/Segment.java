package dev.parasol.pipeline;

/**
 * A stretch of speech in a recording.
 *
 * @param startMs its beginning in milliseconds
 * @param endMs its end in milliseconds, behind its beginning
 */
public record Segment(long startMs, long endMs) {
    /** Checks the values; {@link IllegalArgumentException} when they are none of a segment. */
    public Segment {
        if (startMs < 0 || endMs <= startMs) {
            throw new IllegalArgumentException("no segment lasts from " + startMs + " to " + endMs + " ms");
        }
    }

    /** Its length in milliseconds. */
    public long lengthMs() {
        return endMs - startMs;
    }
}
