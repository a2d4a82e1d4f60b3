package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class WindowSeamTest {
    private static WindowSeam.Heard heard(int... idsAndStarts) {
        List<Integer> ids = new ArrayList<>();
        List<Timestamp> times = new ArrayList<>();
        for (int i = 0; i < idsAndStarts.length; i += 2) {
            ids.add(idsAndStarts[i]);
            times.add(new Timestamp(idsAndStarts[i + 1], idsAndStarts[i + 1] + 100));
        }
        return new WindowSeam.Heard(ids, times);
    }

    private static WindowSeam at(int cut, WindowSeam.Heard left, WindowSeam.Heard right) {
        return WindowSeam.at(cut, left, right, token -> token >= 100);
    }

    @Test
    void theWordNearestTheCutIsTheLastOfTheLeft() {
        assertThat(at(1000, heard(1, 400, 2, 900, 3, 1300), heard(2, 950, 3, 1250, 4, 2000))).isEqualTo(new WindowSeam(2, 1));
    }

    @Test
    void wordsThatOnlyOneHasHeardDoNotMatter() {
        assertThat(at(1000, heard(1, 400, 2, 900, 9, 1300), heard(8, 500, 2, 1100, 4, 2000))).isEqualTo(new WindowSeam(2, 2));
    }

    @Test
    void withNothingInCommonTimesDecide() {
        assertThat(at(1000, heard(1, 400, 2, 1100), heard(3, 900, 4, 1200))).isEqualTo(new WindowSeam(1, 1));
        assertThat(at(1000, heard(), heard(3, 900, 4, 1200))).isEqualTo(new WindowSeam(0, 1));
        assertThat(at(1000, heard(1, 400, 2, 1100), heard())).isEqualTo(new WindowSeam(1, 0));
    }

    @Test
    void aWordOfSeveralTokensIsNotDivided() {
        assertThat(at(1000, heard(1, 400, 101, 900, 3, 1500, 4, 1900), heard(101, 950, 3, 1550, 4, 1800))).isEqualTo(new WindowSeam(3, 2));
    }

    /** A word's times differ by up to 200 ms between the windows, words are 300 ms apart at least, many are alike: none is lost or doubled. */
    @Property(tries = 300)
    void everyWordIsOnce(@ForAll long seed) {
        Random random = new Random(seed);
        List<Integer> said = new ArrayList<>();
        WindowSeam.Heard left = heard();
        WindowSeam.Heard right = heard();
        int cut = 10_000;
        int at = 0;
        while (at < 20_000) {
            at += 300 + random.nextInt(500);
            int word = random.nextInt(3);
            said.add(word);
            add(left, at < cut + 2000, word, at + random.nextInt(200));
            add(right, at > cut - 2000, word, at + random.nextInt(200));
        }
        WindowSeam seam = at(cut, left, right);
        List<Integer> joined = new ArrayList<>(left.ids().subList(0, seam.left()));
        joined.addAll(right.ids().subList(seam.right(), right.size()));
        assertThat(joined).isEqualTo(said);
    }

    private static void add(WindowSeam.Heard heard, boolean inside, int word, int at) {
        if (inside) {
            heard.ids().add(word);
            heard.times().add(new Timestamp(at, at + 100));
        }
    }
}
