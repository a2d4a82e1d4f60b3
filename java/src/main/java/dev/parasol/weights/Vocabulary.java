package dev.parasol.weights;

import java.util.List;

/** The tokens of a model; a token's id is its place. */
public record Vocabulary(List<String> tokens) {
    /** Ids that FunASR never writes out: blank, start and end of a sentence. */
    public static final int BLANK = 0;
    public static final int START = 1;
    public static final int END = 2;

    public Vocabulary {
        tokens = List.copyOf(tokens);
    }

    public int size() {
        return tokens.size();
    }

    /** The token of an id; {@link IndexOutOfBoundsException} outside 0 … size - 1. */
    public String token(int id) {
        return tokens.get(id);
    }
}
