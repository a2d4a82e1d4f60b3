package dev.parasol.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * From hotwords to tokens, as FunASR has it: with a {@code seg_dict} (a line a word: the word, then its pieces) a word's lower case
 * is looked up whole, then, where it is Chinese characters and digits alone, character by character; without one, what stands
 * between spaces is a token. What is found nowhere is the unknown token.
 */
final class HotwordTokens {
    static final int MAX_BYTES = 64 << 20;
    private static final String UNKNOWN = "<unk>";
    private static final Pattern BY_CHARACTER = Pattern.compile("[\u4e00-\u9fa50-9]+");

    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, String[]> pieces;
    private final int unknown;
    private final List<String> warnings = new ArrayList<>();

    /**
     * @param source names the model
     * @param segDict the dictionary's text, or null
     * @throws ModelException when the model has no token for what is unknown
     */
    HotwordTokens(String source, Vocabulary vocabulary, String segDict) {
        for (int id = vocabulary.size() - 1; id >= 0; id--) {
            ids.put(vocabulary.token(id), id);
        }
        if (!ids.containsKey(UNKNOWN)) {
            throw new ModelException(source + " has no token " + UNKNOWN + ", without which it cannot take hotwords");
        }
        unknown = ids.get(UNKNOWN);
        pieces = segDict == null ? null : dictionary(segDict);
    }

    private static Map<String, String[]> dictionary(String text) {
        Map<String, String[]> pieces = new HashMap<>();
        text.lines().map(line -> line.strip().split("\\s+")).filter(words -> !words[0].isEmpty())
                .forEach(words -> pieces.put(words[0], Arrays.copyOfRange(words, 1, words.length)));
        return pieces;
    }

    /** The tokens of each phrase, and of the one that stands for none of them; {@link ModelException} when they are too many. */
    List<int[]> words(List<String> phrases) {
        List<int[]> words = new ArrayList<>();
        for (String phrase : phrases) {
            int[] word = word(phrase.strip());
            if (word.length > 0) {
                words.add(word);
            }
        }
        if (words.size() > Hotwords.MAX_WORDS) {
            throw new ModelException("there are " + words.size() + " hotwords, expected at most " + Hotwords.MAX_WORDS);
        }
        words.add(new int[] {Vocabulary.START});
        return words;
    }

    List<String> warnings() {
        return warnings;
    }

    private int[] word(String phrase) {
        List<String> tokens = new ArrayList<>();
        for (String part : phrase.split("\\s+")) {
            if (!part.isEmpty()) {
                add(part, tokens);
            }
        }
        if (tokens.size() > Hotwords.MAX_TOKENS) {
            throw new ModelException("hotword '" + phrase.substring(0, Math.min(40, phrase.length())) + "…' has " + tokens.size() + " tokens, expected at most "
                    + Hotwords.MAX_TOKENS);
        }
        int[] word = tokens.stream().mapToInt(token -> ids.getOrDefault(token, unknown)).toArray();
        long missing = Arrays.stream(word).filter(id -> id == unknown).count();
        if (missing > 0) {
            warnings.add("hotword '" + phrase + "': " + missing + " of " + word.length + " tokens are unknown to the model");
        }
        return word;
    }

    private void add(String part, List<String> tokens) {
        if (pieces == null) {
            tokens.add(part);
            return;
        }
        String lower = part.toLowerCase(Locale.ROOT);
        if (pieces.containsKey(lower)) {
            tokens.addAll(List.of(pieces.get(lower)));
        } else if (BY_CHARACTER.matcher(lower).matches()) {
            lower.chars().mapToObj(Character::toString).forEach(c -> tokens.addAll(List.of(pieces.getOrDefault(c, new String[] {UNKNOWN}))));
        } else {
            tokens.add(UNKNOWN);
        }
    }
}
