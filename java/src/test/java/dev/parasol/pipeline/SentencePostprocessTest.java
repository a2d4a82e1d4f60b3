package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentencePostprocessTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // English
        "six|six",
        "two three|two three",
        "hel@@ lo world|hello world",
        "a@@ b@@ c|abc",
        "don't stop|don't stop",
        "it ' s|it ' s",
        "wor@@|''",
        "hello wor@@|hello",
        // Chinese
        "你 好|你好",
        "今 天 2 0 2 4 年|今天2024年",
        "0@@ 4|0@@4",
        // mixed: no blank between English and Chinese in either direction, one between English words
        "我 love you 中 国|我love you中国",
        "用 com@@ pu@@ ter 吧|用computer吧",
        "hello 世 界 hello|hello世界hello",
        "re@@ 中 d|中red",
        "a 1 b|a1b",
        // tokens that are neither are appended as they are; a Chinese one then removes what was appended last
        "r & b|r &b",
        "hello & 中|hello 中",
        // special tokens
        "<s> six </s>|six",
        "<unk>|''",
        "<OOV> 好 <unk>|好",
        // abbreviations
        "i b m|IBM",
        "the i b m machine|the IBM machine",
        "a b|AB",
        "a|a",
        "i am|i am",
        "a b see c d|AB see CD",
        "我 看 c c t v 吧|我看CCTV吧",
        "x@@ y z|xy z",
        "c 中 d e|c中DE"
    })
    void joins(String tokens, String text) {
        assertThat(SentencePostprocess.text(List.of(tokens.split(" ")))).isEqualTo(text);
    }

    /** Each word with the first and the last of its tokens. */
    @ParameterizedTest
    @CsvSource({
        "你 好, 你:0-0 好:1-1",
        "hello wor@@ ld, hello:0-0 world:1-2",
        "我 wor@@ ld 好, 我:0-0 world:1-2 好:3-3",
        "i b m 好, IBM:0-2 好:3-3",
        "你 <unk> 好, 你:0-0 好:2-2",
        "a@@ b wor@@, ab:0-1",
        "wor@@ 你 ld, 你:1-1 world:2-2",
        "hello % world, hello:0-0 %:1-1 world:2-2",
    })
    void wordsKnowTheirTokens(String tokens, String words) {
        assertThat(SentencePostprocess.words(List.of(tokens.split(" "))).stream().map(w -> w.text() + ":" + w.first() + "-" + w.last()))
                .containsExactly(words.split(" "));
    }

    @Property
    void wordsAreInOrder(@ForAll("tokens") List<String> tokens) {
        int before = -1;
        for (SentencePostprocess.Word word : SentencePostprocess.words(tokens)) {
            assertThat(word.first()).isGreaterThan(before);
            assertThat(word.last()).isBetween(word.first(), tokens.size() - 1);
            before = word.first();
        }
    }

    @Test
    void nothingGivesNothing() {
        assertThat(SentencePostprocess.text(List.of())).isEmpty();
    }

    @Test
    void emptyTokensAreHarmless() {
        assertThat(SentencePostprocess.text(List.of("", "好", ""))).isEqualTo("好");
    }

    @Property
    void neverBeginsOrEndsWithBlanksNorShowsSpecialTokens(@ForAll("tokens") List<String> tokens) {
        String text = SentencePostprocess.text(tokens);
        assertThat(text).isEqualTo(text.strip()).doesNotContain("  ").doesNotContain("<unk>");
    }

    @Property
    void chineseAloneIsConcatenated(@ForAll("chinese") List<String> tokens) {
        assertThat(SentencePostprocess.text(tokens)).isEqualTo(String.join("", tokens));
    }

    @Property
    void everyLetterOfCompletedWordsSurvives(@ForAll("english") List<String> tokens) {
        String letters = String.join("", tokens).replace("@@", "");
        int dangling = danglingLetters(tokens);
        assertThat(SentencePostprocess.text(tokens).replace(" ", "").toLowerCase())
                .isEqualTo(letters.substring(0, letters.length() - dangling));
    }

    private static int danglingLetters(List<String> tokens) {
        int count = 0;
        for (int i = tokens.size() - 1; i >= 0 && tokens.get(i).endsWith("@@"); i--) {
            count += tokens.get(i).length() - 2;
        }
        return count;
    }

    @Provide
    Arbitrary<List<String>> tokens() {
        return Arbitraries.of(Stream.of("你", "好", "wor@@", "ld", "a", "b", "7", "<unk>", "</s>", "&", "don't").toList()).list().ofMaxSize(12);
    }

    @Provide
    Arbitrary<List<String>> chinese() {
        return Arbitraries.of("你", "好", "中", "国", "7").list().ofMinSize(1).ofMaxSize(12);
    }

    @Provide
    Arbitrary<List<String>> english() {
        return Arbitraries.of("wor@@", "ld", "a", "b", "hello", "x@@").list().ofMaxSize(12);
    }
}
