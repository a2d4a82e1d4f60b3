package dev.parasol.weights;

/**
 * A CIF predictor with threshold 1.
 *
 * @param sequential false for {@code CifPredictorV2} (prefix sum in fp64), true for {@code CifPredictorV3} (running sum in fp32)
 * @param leftOrder frames before the present one that the convolution sees ({@code l_order})
 * @param rightOrder frames after it ({@code r_order})
 * @param tailThreshold weight added behind the last frame
 */
public record PredictorConfig(boolean sequential, int leftOrder, int rightOrder, float tailThreshold, float smoothFactor, float noiseThreshold) {
    /** Taps of the convolution. */
    public int kernelSize() {
        return leftOrder + rightOrder + 1;
    }
}
