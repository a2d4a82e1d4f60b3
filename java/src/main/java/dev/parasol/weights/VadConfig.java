package dev.parasol.weights;

/**
 * An FSMN-VAD: features, {@code inputAffine}, {@code width}, then {@code layers} of projection, memory and expansion, then
 * {@code outputAffine} and {@code classes}.
 *
 * @param frontend features of 10 ms frames, {@code lfrN} being 1
 * @param inputAffine width of the first layer
 * @param layers FSMN layers
 * @param width width between the layers
 * @param projection width of the memories
 * @param taps taps of a memory, the frame's own included; all look back
 * @param outputAffine width of the last but one layer
 * @param classes columns of the scores
 * @param silence the column that stands for silence
 * @param endpoint how scores become segments
 */
public record VadConfig(FrontendConfig frontend, int inputAffine, int layers, int width, int projection, int taps, int outputAffine, int classes,
        int silence, EndpointConfig endpoint) {
    /** Earlier frames that each memory needs. */
    public int history() {
        return taps - 1;
    }
}
