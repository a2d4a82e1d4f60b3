package dev.parasol.weights;

/**
 * A {@code SANMEncoder}: one layer that takes {@code inputSize} and {@code numBlocks - 1} of {@code outputSize}.
 *
 * @param inputSize features per frame (80 mel bins times lfr_m)
 * @param outputSize width d of the model
 * @param attentionHeads heads of size d / attentionHeads
 * @param linearUnits inner width of the feed-forward block
 * @param kernelSize taps of the FSMN memory
 * @param sanmShift the FSMN memory looks this many frames further back than ahead ({@code sanm_shfit} in FunASR's spelling)
 */
public record EncoderConfig(int inputSize, int outputSize, int attentionHeads, int linearUnits, int numBlocks, int kernelSize, int sanmShift) {
    /** Frames before the present one that the FSMN memory sees. */
    public int fsmnLeft() {
        return (kernelSize - 1) / 2 + Math.max(sanmShift, 0);
    }
}
