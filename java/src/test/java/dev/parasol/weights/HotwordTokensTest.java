package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HotwordTokensTest {
    private static final Vocabulary VOCABULARY = new Vocabulary(List.of("<blank>", "<s>", "</s>", "达", "摩", "院", "wor@@", "ld", "two", "<unk>"));
    private static final String DICTIONARY = """
            达 达
            摩 摩
            院 院
            world wor@@ ld

            二 two
            """;

    private static List<int[]> words(String dictionary, String... phrases) {
        return new HotwordTokens("model", VOCABULARY, dictionary).words(List.of(phrases));
    }

    @Test
    void withADictionaryWordsAreCutIntoPieces() {
        assertThat(words(DICTIONARY, "达摩院", "World", "hello world", "二", "达X")).containsExactly(
                new int[] {3, 4, 5}, new int[] {6, 7}, new int[] {9, 6, 7}, new int[] {8}, new int[] {9}, new int[] {1});
    }

    @Test
    void withoutOneWhatStandsBetweenSpacesIsAToken() {
        assertThat(words(null, "two", " 达  摩 ", "达摩", " ")).containsExactly(new int[] {8}, new int[] {3, 4}, new int[] {9}, new int[] {1});
    }

    @Test
    void whatIsUnknownIsTold() {
        HotwordTokens tokens = new HotwordTokens("model", VOCABULARY, DICTIONARY);
        tokens.words(List.of("达摩院", "达好", "x"));
        assertThat(tokens.warnings()).containsExactly("hotword '达好': 1 of 2 tokens are unknown to the model", "hotword 'x': 1 of 1 tokens are unknown to the model");
    }

    @Test
    void boundsAreKept() {
        assertThat(words(null, Collections.nCopies(Hotwords.MAX_WORDS, "two").toArray(String[]::new))).hasSize(Hotwords.MAX_WORDS + 1);
        assertThatThrownBy(() -> words(null, Collections.nCopies(Hotwords.MAX_WORDS + 1, "two").toArray(String[]::new)))
                .isInstanceOf(ModelException.class).hasMessage("there are 2001 hotwords, expected at most 2000");
        assertThatThrownBy(() -> words(null, "two ".repeat(51))).isInstanceOf(ModelException.class).hasMessageContaining("has 51 tokens, expected at most 50");
        assertThatThrownBy(() -> new HotwordTokens("model", new Vocabulary(List.of("a", "b", "c")), null))
                .isInstanceOf(ModelException.class).hasMessage("model has no token <unk>, without which it cannot take hotwords");
    }

    @Test
    void listsAreReadFromTextsAndFiles(@TempDir Path folder) throws IOException {
        assertThat(HotwordList.ofText("  达摩院 魔搭\t阿里 ")).containsExactly("达摩院", "魔搭", "阿里");
        assertThat(HotwordList.ofText(" ")).isEmpty();
        Path file = Files.writeString(folder.resolve("words.txt"), "达摩院\n\n machine learning \n");
        assertThat(HotwordList.ofFile(file)).containsExactly("达摩院", "machine learning");
        assertThatThrownBy(() -> HotwordList.ofFile(folder.resolve("none.txt"))).isInstanceOf(ModelException.class).hasMessageContaining("is missing");
    }

    @Test
    void onlySeacoTakesThem() {
        ModelFolder plain = ModelFolder.open(Samples.model());
        assertThat(plain.extras(false, List.of())).isEqualTo(Extras.NONE);
        assertThatThrownBy(() -> plain.extras(false, List.of("two"))).isInstanceOf(ModelException.class)
                .hasMessageContaining("is a Paraformer, which takes no hotwords");
        ModelFolder seaco = ModelFolder.open(Shared.path("models/digits-seaco").toString());
        Hotwords hotwords = seaco.extras(false, List.of("two", "ten")).hotwords();
        assertThat(hotwords.words()).containsExactly(new int[] {5}, new int[] {13}, new int[] {1});
        assertThat(hotwords.warnings()).hasSize(1);
        assertThat(hotwords.config()).isEqualTo(new SeacoConfig(new DecoderConfig(4, 256, 6, 21, 0), 12));
    }
}
