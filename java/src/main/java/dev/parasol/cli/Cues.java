package dev.parasol.cli;

import dev.parasol.pipeline.Sentence;
import dev.parasol.pipeline.SentenceWord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Sentences as subtitles: at most two lines of {@value LineBreaker#COLUMNS} columns for at most {@value #LONGEST_MS} ms. A longer
 * sentence whose words have times is divided at its longest pause near the middle, and what comes of that again. English gets
 * marks of ASCII and a capital at the beginning of a sentence, which FunASR's {@code sentence_info} has not.
 */
final class Cues {
    static final long LONGEST_MS = 7000;

    private final boolean named;
    private final List<Cue> cues = new ArrayList<>();
    private boolean sentenceBegins = true;

    private Cues(boolean named) {
        this.named = named;
    }

    /**
     * The subtitles of a recording; sentences without text have none.
     *
     * @param named whether the speaker's name, where one is known, is part of what is shown
     */
    static List<Cue> of(List<Sentence> sentences, boolean named) {
        Cues result = new Cues(named);
        for (Sentence sentence : sentences) {
            String text = oneLine(sentence.text()).strip();
            if (!text.isEmpty()) {
                result.add(sentence, text);
            }
        }
        return result.cues;
    }

    /** A speaker as a reader knows one: counted from 1. */
    static String name(int speaker) {
        return "Speaker " + (speaker + 1);
    }

    /** A line of a file: characters that end lines or are no text become blanks. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text);
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                line.setCharAt(i, ' ');
            }
        }
        return line.toString();
    }

    private void add(Sentence sentence, String text) {
        boolean punctuated = !Character.isLetterOrDigit(text.codePointBefore(text.length()));
        boolean capital = punctuated && sentenceBegins;
        sentenceBegins = !punctuated || "。？！.?!".indexOf(text.charAt(text.length() - 1)) >= 0;
        List<SentenceWord> words = new ArrayList<>();
        for (SentenceWord word : sentence.words()) {
            String shown = western(oneLine(word.text()));
            words.add(new SentenceWord(words.isEmpty() && capital ? capitalised(shown) : shown, word.startMs(), word.endMs()));
        }
        if (words.stream().anyMatch(SentenceWord::timed)) {
            divide(words, sentence.startMs(), sentence.speaker());
        } else {
            String shown = western(text);
            cues.add(new Cue(sentence.startMs(), sentence.endMs(), lines(capital ? capitalised(shown) : shown, sentence.speaker()), sentence.speaker()));
        }
    }

    /** @param startMs where words begin whose times are not known */
    private void divide(List<SentenceWord> words, long startMs, OptionalInt speaker) {
        String text = text(words);
        if (text.isBlank()) {
            return;
        }
        long start = words.stream().filter(SentenceWord::timed).mapToLong(SentenceWord::startMs).findFirst().orElse(startMs);
        long end = words.stream().filter(SentenceWord::timed).mapToLong(SentenceWord::endMs).max().orElse(start);
        List<String> lines = lines(text, speaker);
        boolean fits = lines.size() <= LineBreaker.LINES && end - start <= LONGEST_MS;
        if (fits || words.size() == 1) {
            cues.add(new Cue(start, end, lines, speaker));
            return;
        }
        int cut = cut(words);
        divide(words.subList(0, cut), start, speaker);
        divide(words.subList(cut, words.size()), words.subList(0, cut).stream().mapToLong(SentenceWord::endMs).max().orElse(start), speaker);
    }

    private List<String> lines(String text, OptionalInt speaker) {
        return LineBreaker.lines(named && speaker.isPresent() ? name(speaker.getAsInt()) + ": " + text.strip() : text);
    }

    /** The first word of the second part: behind the longest pause in the middle half of the text, of those the one nearest to the middle. */
    private static int cut(List<SentenceWord> words) {
        int total = words.stream().mapToInt(Cues::width).sum();
        int left = 0;
        int best = 1;
        long bestPause = Long.MIN_VALUE;
        int bestDistance = Integer.MAX_VALUE;
        for (int i = 1; i < words.size(); i++) {
            left += width(words.get(i - 1));
            int distance = Math.abs(total - 2 * left);
            SentenceWord before = words.get(i - 1);
            SentenceWord behind = words.get(i);
            boolean middle = 2 * distance <= total;
            long pause = !middle ? -1 : before.timed() && behind.timed() ? Math.max(0, behind.startMs() - before.endMs()) : 0;
            if (pause > bestPause || pause == bestPause && distance < bestDistance) {
                best = i;
                bestPause = pause;
                bestDistance = distance;
            }
        }
        return best;
    }

    /** At least 1, so that any text has a middle. */
    private static int width(SentenceWord word) {
        return Math.max(1, Columns.of(word.text()));
    }

    private static String text(List<SentenceWord> words) {
        StringBuilder text = new StringBuilder();
        words.forEach(word -> text.append(word.text()));
        return text.toString();
    }

    /** The mark behind a word of ASCII as ASCII has it. */
    private static String western(String text) {
        int last = text.length() - 1;
        if (last < 1 || text.charAt(last - 1) >= 0x80 || text.charAt(last - 1) == ' ') {
            return text;
        }
        char mark = switch (text.charAt(last)) {
            case '，', '、' -> ',';
            case '。' -> '.';
            case '？' -> '?';
            default -> text.charAt(last);
        };
        return text.substring(0, last) + mark;
    }

    private static String capitalised(String text) {
        int first = 0;
        while (first < text.length() && text.charAt(first) == ' ') {
            first++;
        }
        return text.substring(0, first) + text.substring(first, Math.min(first + 1, text.length())).toUpperCase(Locale.ROOT)
                + text.substring(Math.min(first + 1, text.length()));
    }
}
