package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.weights.EncoderConfig;
import dev.parasol.weights.PunctuationConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The windows of a text, with a classifier that takes the ids of words for those of marks. */
class PunctuationWindowTest {
    private static final PunctuationConfig CONFIG =
            new PunctuationConfig(new EncoderConfig(64, 64, 2, 64, 1, 11, 0), List.of("<unk>", "_", "，", "。", "？", "、"), 3);

    private final List<Integer> windows = new ArrayList<>();
    private final List<Integer> parts = new ArrayList<>();

    private int[] run(int... words) {
        return run(ids -> ids, words);
    }

    private int[] run(UnaryOperator<int[]> classifier, int... words) {
        int[] result = new int[words.length];
        int[] next = {0};
        new PunctuationWindow(CONFIG, ids -> {
            windows.add(ids.length);
            return classifier.apply(ids);
        }).run(words, (first, marks) -> {
            assertThat(first).isEqualTo(next[0]);
            next[0] += marks.length;
            parts.add(marks.length);
            System.arraycopy(marks, 0, result, first, marks.length);
        });
        assertThat(next[0]).isEqualTo(words.length);
        return result;
    }

    private static int[] none(int count) {
        int[] marks = new int[count];
        Arrays.fill(marks, 1);
        return marks;
    }

    @Test
    void upToTwentyWordsAreOneWindow() {
        run(none(20));
        assertThat(windows).containsExactly(20);
        assertThat(parts).containsExactly(20);
    }

    @Test
    void whatIsBehindTheLastEndIsLeftOver() {
        int[] words = none(45);
        words[5] = 3;
        words[9] = 4;
        words[19] = 3;    // the last word of a window is not looked at
        words[21] = 2;
        assertThat(run(words)).isEqualTo(words);
        assertThat(windows).containsExactly(20, 30, 25);
        assertThat(parts).containsExactly(10, 10, 25);
    }

    @Test
    void theFirstTwoWordsAreNotLookedAt() {
        int[] words = none(40);
        words[1] = 3;
        run(words);
        assertThat(windows).containsExactly(20, 40);
        words[2] = 3;
        run(words);
        assertThat(parts).containsExactly(40, 3, 37);
    }

    @Test
    void withinTwoHundredWordsTheLastCommaEndsASentence() {
        int[] words = none(260);
        words[50] = 2;
        words[120] = 2;
        int[] marks = run(words);
        assertThat(windows).containsExactly(20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 119, 139);
        assertThat(parts).containsExactly(121, 139);
        assertThat(marks[120]).isEqualTo(3);
        assertThat(marks[50]).isEqualTo(2);
    }

    @Test
    void aTextWithoutMarksIsNotCarriedOnForEver() {
        run(none(100_000));
        assertThat(windows.stream().mapToInt(i -> i).max().getAsInt()).isEqualTo(PunctuationWindow.MOST_CARRIED + 20);
        assertThat(windows.size()).isEqualTo(5000);
    }

    @Property(tries = 100)
    void everyWordHasTheMarkOfItsLastWindow(@ForAll @IntRange(min = 1, max = 700) int count, @ForAll long seed) {
        windows.clear();
        Random random = new Random(seed);
        int[] words = IntStream.range(0, count).map(i -> random.nextInt(30) == 0 ? 2 + random.nextInt(4) : 1).toArray();
        int[] marks = run(words);
        for (int i = 0; i < count; i++) {
            assertThat(marks[i] == words[i] || words[i] == 2 && marks[i] == 3).isTrue();
        }
    }
}
