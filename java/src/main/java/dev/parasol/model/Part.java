package dev.parasol.model;

/** The parts of a forward pass, in their order. */
public enum Part {
    FRONT_END("front end"),
    ENCODER("encoder"),
    PREDICTOR("predictor"),
    DECODER("decoder"),
    OUTPUT("output layer");

    private final String title;

    Part(String title) {
        this.title = title;
    }

    /** For people. */
    public String title() {
        return title;
    }
}
