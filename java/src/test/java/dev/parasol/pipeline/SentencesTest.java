package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SentencesTest {
    private static final List<String> MARKS = List.of("<unk>", "_", "，", "。", "？", "、");

    /** Each word lasts 100 ms and has 50 ms of silence before it. */
    private static List<Transcript.Word> words(String... texts) {
        List<Transcript.Word> words = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            words.add(new Transcript.Word(texts[i], new Timestamp(50 + 150 * i, 150 + 150 * i)));
        }
        return words;
    }

    private static Sentence sentence(long start, long end, String text, SentenceWord... words) {
        return new Sentence(start, end, text, OptionalInt.empty(), List.of(words));
    }

    @Test
    void aMarkEndsASentenceAndTheNextOneBeginsWithItsFirstWord() {
        assertThat(Sentences.of(words("你", "好", "hello", "world", "3", "天"), List.of(1, 2, 0, 1, 1, 3), MARKS)).containsExactly(
                sentence(50, 300, "你好，", new SentenceWord("你", 50, 150), new SentenceWord("好，", 200, 300)),
                sentence(350, 900, " hello world 3天。", new SentenceWord(" hello", 350, 450), new SentenceWord(" world", 500, 600),
                        new SentenceWord(" 3", 650, 750), new SentenceWord("天。", 800, 900)));
    }

    @Test
    void whatNoMarkFollowsIsALastSentence() {
        assertThat(Sentences.of(words("a", "我", "b"), List.of(4, 1, 1), MARKS)).containsExactly(
                sentence(50, 150, " a？", new SentenceWord(" a？", 50, 150)),
                sentence(200, 450, "我 b", new SentenceWord("我", 200, 300), new SentenceWord(" b", 350, 450)));
    }

    @Test
    void theLongerListIsWalkedToItsEnd() {
        // More marks than words: a mark without a word stands alone, as in FunASR.
        assertThat(Sentences.of(words("我"), List.of(1, 3), MARKS)).containsExactly(
                sentence(50, 150, "我。", new SentenceWord("我", 50, 150), new SentenceWord("。", -1, -1)));
        assertThat(Sentences.of(words("我", "们"), List.of(2), MARKS)).containsExactly(
                sentence(50, 150, "我，", new SentenceWord("我，", 50, 150)), sentence(200, 300, "们", new SentenceWord("们", 200, 300)));
        assertThat(Sentences.of(words("我"), List.of(2, 3), MARKS)).containsExactly(
                sentence(50, 150, "我，", new SentenceWord("我，", 50, 150)), sentence(150, 150, "。", new SentenceWord("。", -1, -1)));
        assertThat(Sentences.of(List.of(), List.of(3), MARKS)).isEmpty();
    }

    @Test
    void withoutPunctuationAllWordsAreOneSentence() {
        assertThat(Sentences.of(words("six", "seven"), List.of(), List.of())).containsExactly(
                sentence(50, 300, " six seven", new SentenceWord(" six", 50, 150), new SentenceWord(" seven", 200, 300)));
    }

    @Property(tries = 300)
    void nothingIsLostAndTimesGoOn(@ForAll @Size(min = 1, max = 40) List<@IntRange(min = 0, max = 5) Integer> marks, @ForAll @IntRange(min = 1, max = 45) int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(i % 3 == 0 ? "字" : "w" + i);
        }
        List<Sentence> sentences = Sentences.of(words(words.toArray(String[]::new)), marks, MARKS);
        String all = sentences.stream().map(Sentence::text).collect(Collectors.joining()).replaceAll("[ ，。？、]", "");
        assertThat(all).isEqualTo(String.join("", words));
        long at = 0;
        for (Sentence sentence : sentences) {
            boolean spoken = sentence.words().get(0).timed();
            assertThat(sentence.startMs()).isEqualTo(spoken ? sentence.words().get(0).startMs() : at).isGreaterThanOrEqualTo(at);
            assertThat(sentence.words().stream().map(SentenceWord::text).collect(Collectors.joining())).isEqualTo(sentence.text());
            at = sentence.endMs();
        }
        assertThat(at).isEqualTo(150 + 150L * (count - 1));
    }

    @Test
    void timesThatAreNoneAreRefused() {
        assertThatThrownBy(() -> new SentenceWord("a", -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SentenceWord("a", 5, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sentence(5, 4, "a")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("5 to 4");
    }
}
