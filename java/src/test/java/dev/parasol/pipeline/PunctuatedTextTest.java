package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.weights.EncoderConfig;
import dev.parasol.weights.PunctuationConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class PunctuatedTextTest {
    private static final PunctuationConfig CONFIG =
            new PunctuationConfig(new EncoderConfig(64, 64, 2, 64, 1, 11, 0), List.of("<unk>", "_", "，", "。", "？", "、"), 3);

    private static Punctuated join(String text, int... marks) {
        PunctuatedText joined = new PunctuatedText(CONFIG, Words.of(text));
        joined.add(0, marks);
        return joined.finish();
    }

    @Test
    void marksFollowTheirWordsAndSentencesBeginWithACapital() {
        assertThat(join("hello world again gpu", 2, 3, 4, 3)).isEqualTo(new Punctuated(" Hello, world. Again? Gpu.", List.of(2, 3, 4, 3)));
        assertThat(join("我 们 the GPU is 好", 3, 1, 5, 1, 1, 4).text()).isEqualTo("我。们the、 GPU is好？");
        assertThat(join("我 GPU", 3, 3).text()).isEqualTo("我。Gpu.");
        assertThat(join("a 我", 0, 3).text()).isEqualTo(" A<unk>我。");
    }

    @Test
    void aTextEndsWithASentence() {
        assertThat(join("hello", 1)).isEqualTo(new Punctuated(" Hello.", List.of(3)));
        assertThat(join("hello", 2)).isEqualTo(new Punctuated(" Hello.", List.of(3)));
        assertThat(join("hello", 5)).isEqualTo(new Punctuated(" Hello。", List.of(3)));
        assertThat(join("我", 1)).isEqualTo(new Punctuated("我。", List.of(3)));
        assertThat(join("我", 2)).isEqualTo(new Punctuated("我。", List.of(3)));
        assertThat(join("我", 5)).isEqualTo(new Punctuated("我。", List.of(3)));
        assertThat(join("我", 4)).isEqualTo(new Punctuated("我？", List.of(4)));
        assertThat(join("ok?", 1)).isEqualTo(new Punctuated(" Ok?", List.of(1)));
        assertThat(join("😀", 1)).isEqualTo(new Punctuated("😀。", List.of(3)));
    }

    @Test
    void eachPartBeginsLikeASentence() {
        PunctuatedText joined = new PunctuatedText(CONFIG, Words.of("a b 我 c"));
        joined.add(0, new int[] {1});
        joined.add(1, new int[] {1, 2, 1});
        assertThat(joined.finish()).isEqualTo(new Punctuated(" A B我，c.", List.of(1, 1, 2, 3)));
    }

    @Test
    void aPartThatBeginsWithAsciiBehindAnotherCharacterHasASpace() {
        PunctuatedText joined = new PunctuatedText(CONFIG, Words.of("我 c"));
        joined.add(0, new int[] {3});
        joined.add(1, new int[] {3});
        assertThat(joined.finish().text()).isEqualTo("我。 C.");
    }
}
