package dev.parasol.pipeline;

import dev.parasol.weights.PunctuationConfig;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * FunASR's way through a text: blocks of 20 words, each behind what the block before it left over. The last end of a sentence
 * in all but the last block is where the sentences before it are finished; what is behind it is left over. Where there is none
 * within 200 words, the last comma ends a sentence.
 *
 * <p>FunASR carries a text without ends and commas on for ever, at a cost that grows with the square of its length. Here more
 * than {@value #MOST_CARRIED} words are not carried on: they are finished as they are.
 */
final class PunctuationWindow {
    static final int MOST_CARRIED = 2000;

    private static final int BLOCK = 20;
    private static final int LONG = 200;
    private static final String COMMA = "，";

    private final List<String> marks;
    private final int sentenceEnd;
    private final UnaryOperator<int[]> classifier;

    /** @param classifier gives an id of a mark for each id of a word */
    PunctuationWindow(PunctuationConfig config, UnaryOperator<int[]> classifier) {
        this.marks = config.marks();
        this.sentenceEnd = config.sentenceEnd();
        this.classifier = classifier;
    }

    /** What is finished: words from {@code first} on, as many as there are marks. */
    interface Finished {
        void part(int first, int[] marks);
    }

    /** Goes through the words of a text and tells of its parts in their order; each begins where the one before it ended. */
    void run(int[] words, Finished finished) {
        int begin = 0;
        for (int end = Math.min(BLOCK, words.length); begin < words.length; end = Math.min(end + BLOCK, words.length)) {
            int[] found = classifier.apply(Arrays.copyOfRange(words, begin, end)).clone();
            int count = end == words.length || found.length > MOST_CARRIED ? found.length : finishedWords(found);
            if (count > 0) {
                finished.part(begin, Arrays.copyOf(found, count));
                begin += count;
            }
        }
    }

    /** How many words end with the last end of a sentence; the first two and the last one are not looked at. */
    private int finishedWords(int[] found) {
        int comma = -1;
        for (int i = found.length - 2; i > 1; i--) {
            String mark = marks.get(found[i]);
            if (endsSentence(mark)) {
                return i + 1;
            }
            if (comma < 0 && mark.equals(COMMA)) {
                comma = i;
            }
        }
        if (found.length > LONG && comma >= 0) {
            found[comma] = sentenceEnd;
            return comma + 1;
        }
        return 0;
    }

    static boolean endsSentence(String mark) {
        return mark.equals("。") || mark.equals("？");
    }
}
