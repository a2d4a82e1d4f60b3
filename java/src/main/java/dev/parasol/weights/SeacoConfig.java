package dev.parasol.weights;

/**
 * What a {@code SeacoParaformer} has for hotwords: an LSTM over each word's embeddings, a decoder that attends to the words, and an
 * output layer.
 *
 * @param decoder the decoder, which has no output layer of its own
 * @param noBias the id by which the output layer says that no hotword is meant ({@code NO_BIAS})
 */
public record SeacoConfig(DecoderConfig decoder, int noBias) {
    /** Layers of the LSTM, one above the other. */
    public static final int LSTM_LAYERS = 2;
}
