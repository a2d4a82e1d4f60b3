package dev.parasol.weights;

import java.util.List;

/**
 * Hotwords as a model takes them. Made by {@link ModelFolder#extras(boolean, List)}.
 *
 * @param config the model's part for them
 * @param words the tokens of each word, at least one; the last word is the start of a sentence, which stands for none of them
 * @param warnings sentences for the user: words that the model does not know whole
 */
public record Hotwords(SeacoConfig config, List<int[]> words, List<String> warnings) {
    /** The most hotwords of a model. */
    public static final int MAX_WORDS = 2000;
    /** The most tokens of a hotword. */
    public static final int MAX_TOKENS = 50;
    /** Where there are more words than this, each utterance has this many of its own, and the last one ({@code nfilter}). */
    public static final int FILTERED = 50;
    /** The layer of the decoder by whose attention they are chosen. */
    public static final int FILTERING_LAYER = 5;

    /** The lists are copied, the words are not. */
    public Hotwords {
        words = List.copyOf(words);
        warnings = List.copyOf(warnings);
    }

    /** Words, the one that stands for none included. */
    public int count() {
        return words.size();
    }

    /** Tokens of all words. */
    public int tokens() {
        return words.stream().mapToInt(word -> word.length).sum();
    }

    /** Whether each utterance has a choice of its own. */
    public boolean filtered() {
        return count() > FILTERED;
    }
}
