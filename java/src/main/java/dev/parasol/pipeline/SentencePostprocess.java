package dev.parasol.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * From a model's tokens to text, by the rules of FunASR's {@code sentence_postprocess}.
 *
 * <p>A token is a Chinese character, an English word, or a piece of one that continues in the next token ({@code "wor@@"}).
 * Chinese stands without spaces, English words are followed by one, and runs of two or more single letters are
 * abbreviations: {@code i b m} becomes {@code IBM}. Identity with FunASR goes before taste: a trailing piece that nothing
 * completes is dropped, {@code '@'} and digits count as Chinese, and a Chinese token takes away what was appended last
 * if an English word came before it, even where that is a symbol and not the blank.
 *
 * <p>A word's time is that of the tokens it is made of, from the first one's beginning to the last one's end, as in FunASR. Where
 * FunASR counts unknown tokens and symbols among the times but not among the words, or the other way round, and the times of all
 * following words are those of their neighbours, words have their own here.
 *
 * <p>Stateless and thread-safe.
 */
public final class SentencePostprocess {
    private static final String BLANK = " ";
    private static final String CONTINUES = "@@";
    private static final Set<String> DROPPED = Set.of("<s>", "</s>", "<unk>", "<OOV>");

    /**
     * A word, or the blank behind one.
     *
     * @param first index of the first token that it is made of
     * @param last index of the last one
     */
    record Word(String text, int first, int last) {
        boolean blank() {
            return text.equals(BLANK);
        }
    }

    private SentencePostprocess() {}

    /** The text of {@code tokens}, without blanks at its ends; empty where nothing is left to say. */
    public static String text(List<String> tokens) {
        return wordsAndBlanks(tokens).stream().map(Word::text).collect(Collectors.joining()).strip();
    }

    /** Whether the word that {@code token} belongs to goes on with the next one. */
    static boolean continues(String token) {
        return token.endsWith(CONTINUES);
    }

    /** The words of {@code tokens} in their order, without blanks; Chinese characters are words. */
    static List<Word> words(List<String> tokens) {
        return wordsAndBlanks(tokens).stream().filter(word -> !word.blank()).toList();
    }

    /** To be joined as they are. */
    private static List<Word> wordsAndBlanks(List<String> tokens) {
        List<Word> kept = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            if (!DROPPED.contains(tokens.get(i))) {
                kept.add(new Word(tokens.get(i), i, i));
            }
        }
        if (!kept.isEmpty() && kept.stream().allMatch(token -> looksChinese(token.text()))) {
            return mergeAbbreviations(kept.stream().map(token -> new Word(bare(token.text()), token.first(), token.last())).toList());
        }
        return mergeAbbreviations(mixedWords(kept));
    }

    private static List<Word> mixedWords(List<Word> tokens) {
        List<Word> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        int first = -1;
        boolean blankPending = false;
        for (Word token : tokens) {
            String text = token.text();
            if (isChinese(text)) {
                if (blankPending) {
                    words.remove(words.size() - 1);
                }
                words.add(token);
                first = -1;    // the letters of a piece before it are said later, so that words stay in order
                blankPending = false;
            } else if (text.contains(CONTINUES)) {
                first = first < 0 ? token.first() : first;
                word.append(text.replace(CONTINUES, ""));
                blankPending = false;
            } else if (isAlpha(text)) {
                first = first < 0 ? token.first() : first;
                words.add(new Word(word.append(text).toString(), first, token.last()));
                words.add(new Word(BLANK, token.last(), token.last()));
                word.setLength(0);
                first = -1;
                blankPending = true;
            } else {
                words.add(token);
                first = -1;
            }
        }
        return words;
    }

    /** Joins single letters that are separated by single blanks, in upper case. */
    private static List<Word> mergeAbbreviations(List<Word> words) {
        List<Word> merged = new ArrayList<>(words.size());
        int at = 0;
        while (at < words.size()) {
            int last = at;
            while (isLetter(words, last) && last + 1 < words.size() && words.get(last + 1).blank() && isLetter(words, last + 2)) {
                last += 2;
            }
            if (last == at) {
                merged.add(words.get(at));
            } else {
                StringBuilder abbreviation = new StringBuilder();
                for (int i = at; i <= last; i += 2) {
                    abbreviation.append(words.get(i).text().toUpperCase(Locale.ROOT));
                }
                merged.add(new Word(abbreviation.toString(), words.get(at).first(), words.get(last).last()));
            }
            at = last + 1;
        }
        return merged;
    }

    private static boolean isLetter(List<Word> words, int index) {
        if (index >= words.size() || words.get(index).text().length() != 1) {
            return false;
        }
        char c = words.get(index).text().charAt(0);
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
