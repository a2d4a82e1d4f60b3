package dev.parasol.model;

/**
 * The weights of one utterance's frames, from which the times of its tokens follow.
 *
 * @param weights CIF's weight of each frame, {@code T + 1} with the tail behind them; or those of a timestamp head, several for each
 *        of {@code T} frames
 * @param peaks CIF's integral after each frame, as many; null where there is a timestamp head
 * @param perFrame weights for each frame
 */
public record CifTrace(float[] weights, float[] peaks, int perFrame) {}
