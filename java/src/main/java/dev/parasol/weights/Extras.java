package dev.parasol.weights;

/**
 * What recognition is to give beside the text. What is not asked for is neither loaded nor computed. Made by {@link ModelFolder#extras}.
 *
 * @param timestamps whether the weights that times are made from come down with the tokens
 */
public record Extras(boolean timestamps) {
    /** The text alone. */
    public static final Extras NONE = new Extras(false);
}
