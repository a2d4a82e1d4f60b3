package dev.parasol.pipeline;

/**
 * When a word was said, in whole milliseconds from the beginning of the recording.
 *
 * @param startMs its beginning
 * @param endMs its end, not before the beginning
 */
public record Timestamp(int startMs, int endMs) {}
