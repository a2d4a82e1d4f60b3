package dev.parasol.weights;

import java.util.List;

/** The tokens of a model; a token's id is its place. */
public record Vocabulary(List<String> tokens) {
    /** The id of blank, which never stands in a text. */
    public static final int BLANK = 0;
    /** The id of the start of a sentence, which never stands in a text. */
    public static final int START = 1;
    /** The id of the end of a sentence, which never stands in a text. */
    public static final int END = 2;

    /** The list is copied. */
    public Vocabulary {
        tokens = List.copyOf(tokens);
    }

    /** Number of tokens. */
    public int size() {
        return tokens.size();
    }

    /** The token of an id; {@link IndexOutOfBoundsException} outside 0 … size - 1. */
    public String token(int id) {
        return tokens.get(id);
    }
}
