package dev.parasol.weights;

/**
 * The timestamp head of a {@code CifPredictorV3}: frames are upsampled by a transposed convolution, pass an LSTM in both directions,
 * and each gets a weight.
 */
public record TimestampHead(float smoothFactor, float noiseThreshold) {
    /** Rows for each frame: one every 20 ms. FunASR's own pipeline takes no other number. */
    public static final int UPSAMPLING = 3;
}
