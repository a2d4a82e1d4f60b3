package dev.parasol.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Divides a recording's words into sentences by the marks behind them, as FunASR's {@code timestamp_sentence} does. Words, their
 * times and the ids of their marks are walked in step to the end of the longest list. A word that begins with a letter of ASCII
 * is preceded by a blank, and so is one behind such a letter. Each mark above {@value #NO_MARK} ends a sentence; the next one
 * begins where it ended.
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
    private long start;
    private long end;

    private Sentences(List<String> markTexts) {
        this.markTexts = markTexts;
    }

    /**
     * The sentences in their order; none where there are no words or no times.
     *
     * @param words none of them empty
     * @param times in milliseconds, in order
     * @param marks ids by word
     * @param markTexts the marks by their ids
     */
    static List<Sentence> of(List<String> words, List<Segment> times, List<Integer> marks, List<String> markTexts) {
        if (words.isEmpty() || times.isEmpty()) {
            return List.of();
        }
        Sentences result = new Sentences(markTexts);
        result.start = times.get(0).startMs();
        result.end = times.get(0).endMs();
        int count = Math.max(words.size(), Math.max(times.size(), marks.size()));
        for (int i = 0; i < count; i++) {
            result.add(at(words, i, ""), at(times, i, null), at(marks, i, NO_MARK));
        }
        if (result.text.length() > 0) {
            result.endSentence();
        }
        return result.sentences;
    }

    private static <T> T at(List<T> list, int index, T missing) {
        return index < list.size() ? list.get(index) : missing;
    }

    private void add(String word, Segment time, int mark) {
        StringBuilder shown = new StringBuilder(word);
        if (!word.isEmpty() && (letter(word.charAt(0)) || text.length() > 0 && letter(text.charAt(text.length() - 1)))) {
            shown.insert(0, ' ');
        }
        if (mark > NO_MARK) {
            shown.append(markTexts.get(mark));
        }
        text.append(shown);
        words.add(time == null ? new SentenceWord(shown.toString(), -1, -1) : new SentenceWord(shown.toString(), time.startMs(), time.endMs()));
        end = time == null ? end : time.endMs();
        if (mark > NO_MARK) {
            endSentence();
        }
    }

    private void endSentence() {
        sentences.add(new Sentence(start, end, text.toString(), OptionalInt.empty(), words));
        start = end;
        words = new ArrayList<>();
        text.setLength(0);
    }

    private static boolean letter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }
}
