package dev.parasol.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * From a model's tokens to text, by the rules of FunASR's {@code sentence_postprocess} without timestamps.
 *
 * <p>A token is a Chinese character, an English word, or a piece of one that continues in the next token ({@code "wor@@"}).
 * Chinese stands without spaces, English words are followed by one, and runs of two or more single letters are
 * abbreviations: {@code i b m} becomes {@code IBM}. Identity with FunASR goes before taste: a trailing piece that nothing
 * completes is dropped, {@code '@'} and digits count as Chinese, and a Chinese token takes away what was appended last
 * if an English word came before it, even where that is a symbol and not the blank.
 *
 * <p>Stateless and thread-safe.
 */
public final class SentencePostprocess {
    private static final String BLANK = " ";
    private static final String CONTINUES = "@@";
    private static final Set<String> DROPPED = Set.of("<s>", "</s>", "<unk>", "<OOV>");

    private SentencePostprocess() {}

    /** The text of {@code tokens}, without blanks at its ends; empty where nothing is left to say. */
    public static String text(List<String> tokens) {
        List<String> kept = tokens.stream().filter(token -> !DROPPED.contains(token)).toList();
        return String.join("", mergeAbbreviations(words(kept))).strip();
    }

    private static List<String> words(List<String> tokens) {
        if (tokens.isEmpty()) {
            return List.of();
        }
        if (tokens.stream().allMatch(SentencePostprocess::looksChinese)) {
            return tokens.stream().map(token -> token.replace(BLANK, "")).toList();
        }
        return mixedWords(tokens);
    }

    /** Words and single blanks, as they are to be joined. */
    private static List<String> mixedWords(List<String> tokens) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean blankPending = false;
        for (String token : tokens) {
            if (isChinese(token)) {
                if (blankPending) {
                    words.remove(words.size() - 1);
                }
                words.add(token);
                blankPending = false;
            } else if (token.contains(CONTINUES)) {
                word.append(token.replace(CONTINUES, ""));
                blankPending = false;
            } else if (isAlpha(token)) {
                words.add(word.append(token).toString());
                words.add(BLANK);
                word.setLength(0);
                blankPending = true;
            } else {
                words.add(token);
            }
        }
        return words;
    }

    /** Joins single letters that are separated by single blanks, in upper case. */
    private static List<String> mergeAbbreviations(List<String> words) {
        List<String> merged = new ArrayList<>(words.size());
        int at = 0;
        while (at < words.size()) {
            int last = at;
            while (isLetter(words, last) && last + 1 < words.size() && words.get(last + 1).equals(BLANK) && isLetter(words, last + 2)) {
                last += 2;
            }
            if (last == at) {
                merged.add(words.get(at));
            } else {
                StringBuilder abbreviation = new StringBuilder();
                for (int i = at; i <= last; i += 2) {
                    abbreviation.append(words.get(i).toUpperCase(Locale.ROOT));
                }
                merged.add(abbreviation.toString());
            }
            at = last + 1;
        }
        return merged;
    }

    private static boolean isLetter(List<String> words, int index) {
        if (index >= words.size() || words.get(index).length() != 1) {
            return false;
        }
        char c = words.get(index).charAt(0);
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /** The test that decides on a whole sentence: by the order of strings, so the first character of a longer token decides. */
    private static boolean looksChinese(String token) {
        String bare = bare(token);
        return between(bare, "\u4e00", "\u9fff") || between(bare, "0", "9") || bare.equals("@");
    }

    private static boolean between(String s, String low, String high) {
        return s.compareTo(low) >= 0 && s.compareTo(high) <= 0;
    }

    /** Whether a token consists of Chinese characters, digits and '@' alone. */
    private static boolean isChinese(String token) {
        return !token.isEmpty() && token.chars().allMatch(c -> isChinese((char) c));
    }

    private static boolean isChinese(char c) {
        return (c >= '\u4e00' && c <= '\u9fff') || (c >= '0' && c <= '9') || c == '@';
    }

    /** Whether a token consists of letters and apostrophes alone, none of them Chinese. */
    private static boolean isAlpha(String token) {
        return !token.isEmpty() && token.codePoints().allMatch(c -> (Character.isLetter(c) && !(c >= 0x4e00 && c <= 0x9fff)) || c == '\'');
    }

    private static String bare(String token) {
        return token.replace(BLANK, "");
    }
}
