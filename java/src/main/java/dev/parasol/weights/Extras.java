package dev.parasol.weights;

/**
 * What recognition is to give or to heed beside the text. What is not asked for is neither loaded nor computed. Made by
 * {@link ModelFolder#extras}.
 *
 * @param timestamps whether the weights that times are made from come down with the tokens
 * @param head the head that these weights come from; null where they are CIF's own, and where there are to be none
 * @param hotwords words to listen for, or null
 */
public record Extras(boolean timestamps, TimestampHead head, Hotwords hotwords) {
    /** The text alone. */
    public static final Extras NONE = new Extras(false, null, null);

    /** The same with at least times from CIF's own weights, which cost nothing: near enough for who does not show them. */
    public Extras timed() {
        return timestamps ? this : new Extras(true, null, hotwords);
    }

    /** Weights a frame that times are made from; 0 where there are to be none. */
    public int weightsPerFrame() {
        return !timestamps ? 0 : head == null ? 1 : TimestampHead.UPSAMPLING;
    }
}
