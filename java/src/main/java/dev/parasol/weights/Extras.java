package dev.parasol.weights;

/**
 * What recognition is to give beside the text. What is not asked for is neither loaded nor computed. Made by {@link ModelFolder#extras}.
 *
 * @param timestamps whether the weights that times are made from come down with the tokens
 * @param head the head that these weights come from; null where they are CIF's own, and where there are to be none
 */
public record Extras(boolean timestamps, TimestampHead head) {
    /** The text alone. */
    public static final Extras NONE = new Extras(false, null);

    /** Weights a frame that times are made from; 0 where there are to be none. */
    public int weightsPerFrame() {
        return !timestamps ? 0 : head == null ? 1 : TimestampHead.UPSAMPLING;
    }
}
