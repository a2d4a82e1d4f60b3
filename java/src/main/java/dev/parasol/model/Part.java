package dev.parasol.model;

/** The parts of a forward pass, in their order. */
public enum Part {
    /** From waveforms to normalised, stacked features. */
    FRONT_END("front end"),
    /** Position encoding, all encoder layers and the norm behind them. */
    ENCODER("encoder"),
    /** CIF: from the encoder's frames to one acoustic embedding a token. */
    PREDICTOR("predictor"),
    /** The timestamp head of CIF V3. */
    TIMESTAMPS("timestamp head"),
    /** All decoder layers and the norm behind them. */
    DECODER("decoder"),
    /** From decoder rows to token ids, and log-probabilities where they are wanted. */
    OUTPUT("output layer"),
    /** What SeACo has for hotwords. */
    HOTWORDS("hotwords");

    private final String title;

    Part(String title) {
        this.title = title;
    }

    /** For people. */
    public String title() {
        return title;
    }
}
