package dev.parasol.pipeline;

import java.util.List;
import java.util.OptionalInt;

/**
 * A stretch of text up to a mark of punctuation, or a segment where there is no punctuation: FunASR's {@code sentence_info}.
 *
 * @param startMs where its first word begins in the recording, in milliseconds; without words, where the one before it ends
 * @param endMs where its last word ends
 * @param text as FunASR joins it, which begins with a blank where its first word is English
 * @param speaker who says it, counted from 0, where that was asked for
 * @param words its words, whose texts together are {@code text}; empty where they are not known
 */
public record Sentence(long startMs, long endMs, String text, OptionalInt speaker, List<SentenceWord> words) {
    /** The list is copied; {@link IllegalArgumentException} when it ends before it begins. */
    public Sentence {
        if (startMs < 0 || endMs < startMs) {
            throw new IllegalArgumentException("no sentence lasts from " + startMs + " to " + endMs + " ms");
        }
        words = List.copyOf(words);
    }

    /** The same, said by {@code number}. */
    public Sentence by(int number) {
        return new Sentence(startMs, endMs, text, OptionalInt.of(number), words);
    }
}
