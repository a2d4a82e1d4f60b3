package dev.parasol.tools.tensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.weights.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigEditsTest {
    private static final Map<String, Map<String, Integer>> EDIT = Map.of("encoder_conf", Map.of("num_blocks", 12));

    @TempDir
    Path folder;

    @Test
    void numbersAreSetAndTheRestStays() throws IOException {
        Path file = Files.writeString(folder.resolve("config.yaml"), "b: 1\nencoder_conf:\n  size: 4\n  num_blocks: 50\na: 声\n");
        ConfigEdits.apply(file, EDIT);
        assertThat(file).hasContent("b: 1\nencoder_conf:\n  size: 4\n  num_blocks: 12\na: 声\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a: 1\n", "- a\n", "a: 'b\u202e\n: [", "encoder_conf: 3\n", "a: *\u202e\n"})
    void whatIsNoConfigurationIsRefusedOnOneLine(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("config.yaml"), text);
        assertThatThrownBy(() -> ConfigEdits.apply(file, EDIT)).isInstanceOf(ModelException.class)
                .satisfies(e -> assertThat(e.getMessage().replace(file.toString(), "")).doesNotContain("\n", "\u202e").hasSizeLessThan(300));
        assertThat(file).hasContent(text);
    }
}
