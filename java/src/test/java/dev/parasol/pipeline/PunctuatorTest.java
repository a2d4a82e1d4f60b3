package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.Budget;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.testing.TinyPunctuation;
import dev.parasol.weights.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users see of a punctuator with a small random model. */
class PunctuatorTest {
    @TempDir
    static Path folder;

    private static Budget budget;
    private static Punctuator punctuator;

    @BeforeAll
    static void load() throws IOException {
        TinyPunctuation.write(folder);
        budget = Budget.ofBytes(64 << 20);
        punctuator = Punctuator.builder().model(folder.toString()).budget(budget).build();
    }

    @AfterAll
    static void close() {
        if (punctuator != null) {
            punctuator.close();
            punctuator.close();
            assertThat(budget.used()).isZero();
            assertThatIllegalStateException().isThrownBy(() -> punctuator.punctuate("a"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "the a the", "我们a我们", "😀😀 \ud83d 我", "a\u0000b \u0007", "ﬁ ß ǆ", "，。？", "x!"})
    void everyWordHasAMarkAndTheTextItsWords(String text) {
        Punctuated result = punctuator.punctuate(text);
        assertThat(result.marks()).hasSameSizeAs(Words.of(text)).allMatch(mark -> mark >= 0 && mark < punctuator.marks().size());
        assertThat(result.text().codePoints().filter(Character::isLetter).count()).isGreaterThanOrEqualTo(text.codePoints().filter(Character::isLetter).count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\u3000\n"})
    void nothingGivesNothing(String text) {
        assertThat(punctuator.punctuate(text)).isEqualTo(new Punctuated("", List.of()));
    }

    @Test
    void veryLongTextsAreAnswered() {
        assertThat(punctuator.punctuate("a".repeat(100_000)).marks()).hasSize(1);
        String text = "我 a 们 the ".repeat(150);
        Punctuated result = punctuator.punctuate(text);
        assertThat(result.marks()).hasSize(600);
        assertThat(punctuator.punctuate(text)).isEqualTo(result);
    }

    @Test
    void threadsGetWhatTheyGetAlone() {
        List<String> texts = IntStream.range(1, 16).mapToObj(i -> "the 我 们 a ".repeat(i)).toList();
        List<Punctuated> alone = texts.stream().map(punctuator::punctuate).toList();
        assertThat(texts.parallelStream().map(punctuator::punctuate).toList()).isEqualTo(alone);
    }

    @Test
    void tooLittleMemoryIsSaidAndNothingStays() {
        Budget small = Budget.ofBytes(1 << 10);
        assertThatExceptionOfType(DeviceMemoryExhausted.class).isThrownBy(() -> Punctuator.builder().model(folder.toString()).budget(small).build());
        assertThat(small.used()).isZero();
    }

    @Test
    void aBrokenFolderIsSaidAndNothingStays(@TempDir Path broken) throws IOException {
        TinyPunctuation.write(broken);
        Budget own = Budget.ofBytes(64 << 20);
        Files.writeString(broken.resolve("tokens.json"), TinyPunctuation.TOKENS.replace("\"a\",", "\"a\", \"b\","));
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> Punctuator.builder().model(broken.toString()).budget(own).build())
                .withMessageContaining("embed.weight has the shape 9x64, expected 10x64");
        byte[] weights = Files.readAllBytes(broken.resolve("model.safetensors"));
        Files.write(broken.resolve("model.safetensors"), Arrays.copyOf(weights, weights.length / 2));
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> Punctuator.builder().model(broken.toString()).budget(own).build());
        assertThat(own.used()).isZero();
    }

    @Test
    void theDeviceIsTheOneThatWasChosen() {
        assertThat(punctuator.device()).isEqualTo(DeviceSpec.select(null));
        assertThat(punctuator.embeddingBytes()).isEqualTo(9 * 64 * 4);
    }
}
