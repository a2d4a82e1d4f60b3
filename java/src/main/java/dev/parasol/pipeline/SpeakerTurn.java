package dev.parasol.pipeline;

/**
 * A stretch of a recording in which one speaker speaks.
 *
 * @param startMs its beginning in milliseconds
 * @param endMs its end in milliseconds
 * @param speaker who it is, counted from 0 in the order in which speakers come first
 */
public record SpeakerTurn(long startMs, long endMs, int speaker) {}
