package dev.parasol.pipeline;

import dev.parasol.weights.PunctuationConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Joins words and marks as FunASR does: a space between two ASCII words, ASCII marks behind ASCII words, a capital at the
 * beginning of each sentence, and a full stop at the end of the text where there is none. A part that begins with an ASCII
 * word begins with a space, the first one of a text, too.
 */
final class PunctuatedText {
    private final List<String> marks;
    private final int sentenceEnd;
    private final List<String> words;
    private final int[] ids;
    private final StringBuilder text = new StringBuilder();

    /** @param words of the whole text, at least one */
    PunctuatedText(PunctuationConfig config, List<String> words) {
        this.marks = config.marks();
        this.sentenceEnd = config.sentenceEnd();
        this.words = words;
        this.ids = new int[words.size()];
    }

    /** Adds the words from {@code first} on, as many as there are marks. */
    void add(int first, int[] found) {
        System.arraycopy(found, 0, ids, first, found.length);
        for (int i = 0; i < found.length; i++) {
            String word = words.get(first + i);
            boolean ascii = Words.ascii(word);
            if (ascii) {
                if (i == 0 || Words.ascii(words.get(first + i - 1))) {
                    text.append(' ');
                }
                word = i == 0 || PunctuationWindow.endsSentence(marks.get(found[i - 1])) ? capitalised(word) : word;
            }
            text.append(word);
            String mark = marks.get(found[i]);
            if (!mark.equals(PunctuationConfig.NONE)) {
                text.append(ascii ? asciiMark(mark) : mark);
            }
        }
    }

    /** As Python has it: what is behind the first letter becomes small. */
    private static String capitalised(String ascii) {
        return ascii.substring(0, 1).toUpperCase(Locale.ROOT) + ascii.substring(1).toLowerCase(Locale.ROOT);
    }

    private static String asciiMark(String mark) {
        return switch (mark) {
            case "，" -> ",";
            case "。" -> ".";
            case "？" -> "?";
            default -> mark;
        };
    }

    /** The whole text with its end; everything must have been added. */
    Punctuated finish() {
        int last = text.length() - 1;
        char end = text.charAt(last);
        boolean ascii = end < 0x80;
        if (ascii ? end != '.' && end != '?' : end != '。' && end != '？') {
            if (end == '，' || end == '、' || end == ',') {
                text.setLength(last);
            }
            text.append(ascii ? '.' : '。');
            ids[ids.length - 1] = sentenceEnd;
        }
        return new Punctuated(text.toString(), Arrays.stream(ids).boxed().toList());
    }
}
