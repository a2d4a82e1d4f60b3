package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.pipeline.Sentence;
import dev.parasol.pipeline.SentenceWord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SubtitleFilesTest {
    private static Sentence plain(long start, long end, String text) {
        return new Sentence(start, end, text, OptionalInt.empty(), List.of());
    }

    /** Words of 400 ms each with 100 ms between them. */
    private static Sentence timed(long start, List<String> words) {
        List<SentenceWord> timed = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            timed.add(new SentenceWord(words.get(i), start + 500L * i, start + 500L * i + 400));
        }
        return new Sentence(start, start + 500L * words.size() - 100, String.join("", words), OptionalInt.empty(), timed);
    }

    @Test
    void filesAsTheirFormatsWantThem() {
        List<Sentence> sentences = List.of(plain(1230, 4560, " six\tseven"), plain(3_723_004, 360_000_000, "a <b> & c"), plain(5, 6, " \n "));
        assertThat(SubtitleFiles.srt(sentences)).isEqualTo("""
                1
                00:00:01,230 --> 00:00:04,560
                six seven

                2
                01:02:03,004 --> 100:00:00,000
                a <b> & c

                """);
        assertThat(SubtitleFiles.vtt(sentences)).isEqualTo("""
                WEBVTT

                00:00:01.230 --> 00:00:04.560
                six seven

                01:02:03.004 --> 100:00:00.000
                a &lt;b&gt; &amp; c

                """);
        assertThat(SubtitleFiles.tsv(sentences)).isEqualTo("start\tend\ttext\n1230\t4560\tsix seven\n3723004\t360000000\ta <b> & c\n");
    }

    @Test
    void nothingSaidIsAnEmptyFile() {
        assertThat(SubtitleFiles.srt(List.of())).isEmpty();
        assertThat(SubtitleFiles.vtt(List.of())).isEqualTo("WEBVTT\n\n");
        assertThat(SubtitleFiles.tsv(List.of())).isEqualTo("start\tend\ttext\n");
    }

    @Test
    void speakersAreNamedWhereTheyAreKnown() {
        List<Sentence> sentences = List.of(timed(0, List.of(" one", " two。")).by(0), plain(2000, 3000, "<b>").by(1), plain(4000, 5000, "who"));
        assertThat(SubtitleFiles.srt(sentences)).isEqualTo("""
                1
                00:00:00,000 --> 00:00:00,900
                Speaker 1: One two.

                2
                00:00:02,000 --> 00:00:03,000
                Speaker 2: <b>

                3
                00:00:04,000 --> 00:00:05,000
                who

                """);
        assertThat(SubtitleFiles.vtt(sentences)).isEqualTo("""
                WEBVTT

                00:00:00.000 --> 00:00:00.900
                <v Speaker 1>One two.

                00:00:02.000 --> 00:00:03.000
                <v Speaker 2>&lt;b&gt;

                00:00:04.000 --> 00:00:05.000
                who

                """);
        assertThat(SubtitleFiles.tsv(sentences)).isEqualTo("start\tend\ttext\tspeaker\n0\t900\tone two。\tSpeaker 1\n2000\t3000\t<b>\tSpeaker 2\n4000\t5000\twho\t\n");
    }

    @Test
    void aSpeakersNameIsCountedAmongTheColumns() {
        Sentence sentence = timed(0, List.of("字".repeat(20), "字".repeat(20))).by(0);
        assertThat(Cues.of(List.of(sentence), false)).hasSize(1);
        assertThat(Cues.of(List.of(sentence), true)).hasSize(2).allSatisfy(cue -> {
            assertThat(cue.lines()).allMatch(line -> Columns.of(line) <= LineBreaker.COLUMNS);
            assertThat(cue.lines().get(0)).startsWith("Speaker 1:");
        });
    }

    @Test
    void englishHasItsOwnMarksAndCapitals() {
        List<Sentence> sentences = List.of(timed(0, List.of(" one", " two，")), timed(2000, List.of(" it's。")), timed(3000, List.of(" three", "天？")),
                timed(4000, List.of("四", "、")), plain(5000, 6000, " five。"));
        assertThat(Cues.of(sentences, false)).extracting(cue -> cue.lines().get(0)).containsExactly("One two,", "it's.", "Three天？", "四、", "five.");
        assertThat(Cues.of(List.of(plain(0, 1, "no mark"), plain(1, 2, "here")), false)).extracting(cue -> cue.lines().get(0)).containsExactly("no mark", "here");
    }

    @Test
    void longTextGetsTwoLinesOfLikeWidth() {
        assertThat(LineBreaker.lines("zero nine seven six eight")).containsExactly("zero nine seven six eight");
        assertThat(LineBreaker.lines("zero nine seven six eight two three one four five six")).containsExactly("zero nine seven six eight", "two three one four five six");
        assertThat(LineBreaker.lines("字".repeat(21))).containsExactly("字".repeat(21));
        assertThat(LineBreaker.lines("字".repeat(22))).containsExactly("字".repeat(11), "字".repeat(11));
        // A mark never begins a line.
        assertThat(LineBreaker.lines("字".repeat(11) + "，" + "字".repeat(10))).containsExactly("字".repeat(10), "字，" + "字".repeat(10));
        assertThat(LineBreaker.lines("w".repeat(100))).containsExactly("w".repeat(100));
        assertThat(LineBreaker.lines("字".repeat(64))).allMatch(line -> Columns.of(line) <= LineBreaker.COLUMNS).hasSize(4);
    }

    @Test
    void aLongSentenceIsDividedAtItsLongestPauseNearTheMiddle() {
        List<SentenceWord> words = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            long start = 600L * i + (i >= 7 ? 900 : 0);
            words.add(new SentenceWord(" w" + i, start, start + 500));
        }
        Sentence sentence = new Sentence(0, 8000, words.stream().map(SentenceWord::text).collect(Collectors.joining()), OptionalInt.empty(), words);
        assertThat(Cues.of(List.of(sentence), false)).containsExactly(
                new Cue(0, 4100, List.of("w0 w1 w2 w3 w4 w5 w6"), OptionalInt.empty()), new Cue(5100, 8000, List.of("w7 w8 w9 w10 w11"), OptionalInt.empty()));
    }

    @Property(tries = 100)
    void nothingIsLostAndLimitsHold(@ForAll @Size(min = 1, max = 150) List<@StringLength(min = 1, max = 12) @AlphaChars @Chars({'字', '，', 'é', '\t', '-'}) String> texts) {
        List<String> words = texts.stream().map(text -> " " + Cues.oneLine(text)).toList();
        List<Cue> cues = Cues.of(List.of(timed(1000, words)), false);
        String shown = cues.stream().flatMap(cue -> cue.lines().stream()).collect(Collectors.joining()).replaceAll("[^\\p{L}]", "");
        assertThat(shown).isEqualToIgnoringCase(String.join("", words).replaceAll("[^\\p{L}]", ""));
        long at = 1000;
        for (Cue cue : cues) {
            assertThat(cue.lines()).hasSizeLessThanOrEqualTo(LineBreaker.LINES);
            assertThat(cue.endMs() - cue.startMs()).isLessThanOrEqualTo(Cues.LONGEST_MS);
            assertThat(cue.startMs()).isGreaterThanOrEqualTo(at);
            at = cue.endMs();
        }
    }

    @Property(tries = 200)
    void linesAreNoWiderThanTheyMayBe(@ForAll @IntRange(min = 1, max = 60) int count, @ForAll @IntRange(min = 1, max = 40) int length) {
        String text = "ab字，".repeat(length).substring(0, length).concat(" ").repeat(count);
        List<String> lines = LineBreaker.lines(text);
        assertThat(lines).allMatch(line -> Columns.of(line) <= LineBreaker.COLUMNS && !line.isBlank() && line.equals(line.strip()));
        assertThat(String.join("", lines).replace(" ", "")).isEqualTo(text.replace(" ", ""));
    }

    @Test
    void manyWordsWithoutWidthEndInNoOverflow() {
        assertThat(Cues.of(List.of(timed(0, Collections.nCopies(50_000, "\u0301"))), false)).hasSizeGreaterThan(1000);
    }

    @Test
    void columnsOfScreens() {
        assertThat(Columns.of("aé字。！😀")).isEqualTo(10);
        assertThat(Columns.of("e\u0301\u200b")).isEqualTo(1);
        assertThat(Columns.of("ｱ한")).isEqualTo(3);
    }
}
