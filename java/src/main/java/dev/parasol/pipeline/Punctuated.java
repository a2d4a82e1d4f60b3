package dev.parasol.pipeline;

import java.util.List;

/**
 * A text with punctuation.
 *
 * @param text the text as FunASR joins it, which begins with a space where its first word is ASCII
 * @param marks the id of the mark behind each word: a run of ASCII between spaces is a word, and so is every other character
 */
public record Punctuated(String text, List<Integer> marks) {
    /** The list is copied. */
    public Punctuated {
        marks = List.copyOf(marks);
    }
}
