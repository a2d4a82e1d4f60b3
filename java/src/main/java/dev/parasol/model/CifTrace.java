package dev.parasol.model;

/**
 * The weights of one utterance's frames, from which the times of its tokens follow.
 *
 * @param weights CIF's weight of each frame, {@code T + 1} with the tail behind them
 * @param peaks CIF's integral after each frame, as many
 */
public record CifTrace(float[] weights, float[] peaks) {}
