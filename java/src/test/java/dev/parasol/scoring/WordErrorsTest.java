package dev.parasol.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordErrorsTest {
    @Test
    void countsWhatItTakes() {
        assertThat(WordErrors.count("one two three", "one two three")).isEqualTo(new Edits(0, 0, 0, 3));
        assertThat(WordErrors.count("one two three", "one too three")).isEqualTo(new Edits(1, 0, 0, 3));
        assertThat(WordErrors.count("one two three", "one three")).isEqualTo(new Edits(0, 1, 0, 3));
        assertThat(WordErrors.count("one two", "zero one two")).isEqualTo(new Edits(0, 0, 1, 2));
        assertThat(WordErrors.count("", "one two")).isEqualTo(new Edits(0, 0, 2, 0));
        assertThat(WordErrors.count("one two", "")).isEqualTo(new Edits(0, 2, 0, 2));
    }

    @Test
    void chineseIsCountedByCharactersAndTheRestByWords() {
        assertThat(WordErrors.units("我用 FunASR识别 it's")).containsExactly("我", "用", "funasr", "识", "别", "it's");
        assertThat(WordErrors.count("今天天气", "今天 天器").errors()).isEqualTo(1);
    }

    @Test
    void countsAreTheDistanceAndTheirDifferenceTheLengths() {
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            List<String> a = words(random);
            List<String> b = words(random);
            Edits edits = WordErrors.count(a, b);
            assertThat(edits.errors()).isEqualTo(distance(a, b, a.size(), b.size()));
            assertThat(edits.insertions() - edits.deletions()).isEqualTo(b.size() - a.size());
        }
    }

    private static List<String> words(Random random) {
        return random.ints(random.nextInt(6), 0, 3).mapToObj(Integer::toString).toList();
    }

    private static int distance(List<String> a, List<String> b, int i, int j) {
        if (i == 0 || j == 0) {
            return i + j;
        }
        int change = a.get(i - 1).equals(b.get(j - 1)) ? 0 : 1;
        return Math.min(distance(a, b, i - 1, j - 1) + change, 1 + Math.min(distance(a, b, i - 1, j), distance(a, b, i, j - 1)));
    }
}
