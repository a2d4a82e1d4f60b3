package dev.parasol.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Divides a recording's words into sentences by the marks behind them, as FunASR's {@code timestamp_sentence} does. Words
 * and the ids of their marks are walked in step to the end of the longer list. A word that begins with a letter of ASCII
 * is preceded by a blank, and so is one behind such a letter. Each mark above {@value #NO_MARK} ends a sentence; the next one
 * begins with its own first word.
 *
 * <p>FunASR drops words behind the last mark. Here they are a last sentence, so that none of the text is lost. Not thread-safe.
 */
final class Sentences {
    /** The id that stands for no mark; the one below it is that of the unknown. */
    private static final int NO_MARK = 1;

    private final List<String> markTexts;
    private final List<Sentence> sentences = new ArrayList<>();
    private List<SentenceWord> words = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    /** Where the sentence begins; none before its first word. */
    private OptionalLong start = OptionalLong.empty();
    private long end;

    private Sentences(List<String> markTexts) {
        this.markTexts = markTexts;
    }

    /**
     * The sentences in their order; none where there are no words.
     *
     * @param words with their times
     * @param marks ids by word; none where there is no punctuation, which makes one sentence of all
     * @param markTexts the marks by their ids
     */
    static List<Sentence> of(List<Transcript.Word> words, List<Integer> marks, List<String> markTexts) {
        if (words.isEmpty()) {
            return List.of();
        }
        Sentences result = new Sentences(markTexts);
        for (int i = 0; i < Math.max(words.size(), marks.size()); i++) {
            result.add(i < words.size() ? words.get(i) : null, i < marks.size() ? marks.get(i) : NO_MARK);
        }
        if (result.text.length() > 0) {
            result.endSentence();
        }
        return result.sentences;
    }

    /** @param word null where there are more marks than words */
    private void add(Transcript.Word word, int mark) {
        StringBuilder shown = new StringBuilder(word == null ? "" : word.text());
        if (shown.length() > 0 && (letter(shown.charAt(0)) || text.length() > 0 && letter(text.charAt(text.length() - 1)))) {
            shown.insert(0, ' ');
        }
        if (mark > NO_MARK) {
            shown.append(markTexts.get(mark));
        }
        text.append(shown);
        words.add(word == null ? new SentenceWord(shown.toString(), -1, -1)
                : new SentenceWord(shown.toString(), word.time().startMs(), word.time().endMs()));
        if (word != null) {
            start = OptionalLong.of(start.orElse(word.time().startMs()));
            end = word.time().endMs();
        }
        if (mark > NO_MARK) {
            endSentence();
        }
    }

    private void endSentence() {
        sentences.add(new Sentence(start.orElse(end), end, text.toString(), OptionalInt.empty(), words));
        start = OptionalLong.empty();
        words = new ArrayList<>();
        text.setLength(0);
    }

    private static boolean letter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
