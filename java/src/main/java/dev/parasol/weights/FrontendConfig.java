package dev.parasol.weights;

/**
 * A {@code WavFrontend}: 16 kHz, samples scaled by 2^15, Hamming window of 400 samples every 160.
 *
 * @param mels mel bins of a frame
 * @param lfrM frames stacked into one
 * @param lfrN frames from one stack to the next
 */
public record FrontendConfig(int mels, int lfrM, int lfrN) {
    /** Samples a second, the only rate that is supported. */
    public static final int SAMPLE_RATE = 16_000;

    /** Features per stacked frame. */
    public int featureSize() {
        return mels * lfrM;
    }
}
