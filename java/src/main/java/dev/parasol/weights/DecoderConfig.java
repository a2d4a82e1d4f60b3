package dev.parasol.weights;

/**
 * A {@code ParaformerSANMDecoder}: {@code numBlocks} layers with cross-attention and one feed-forward layer behind them.
 * Its width is the encoder's.
 *
 * @param attentionHeads heads of the cross-attention
 * @param linearUnits inner width of the feed-forward blocks
 * @param numBlocks layers with cross-attention ({@code decoders}); as many as {@code att_layer_num}
 * @param kernelSize taps of the FSMN memory
 * @param sanmShift the FSMN memory looks this many tokens further back than ahead
 */
public record DecoderConfig(int attentionHeads, int linearUnits, int numBlocks, int kernelSize, int sanmShift) {
    /** Tokens before the present one that the FSMN memory sees. */
    public int fsmnLeft() {
        return (kernelSize - 1) / 2 + Math.max(sanmShift, 0);
    }
}
