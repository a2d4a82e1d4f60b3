package dev.parasol.tools.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestSetsTest {
    @TempDir
    Path folder;

    @Test
    void commandsAreNotRunAndTextsMustBeThere() throws IOException {
        Path scp = Files.writeString(folder.resolve("wav.scp"), "a touch " + folder.resolve("ran") + " |\n");
        assertThatThrownBy(() -> TestSets.read("x", scp, null)).isInstanceOf(DataException.class).hasMessageContaining("command");
        assertThat(folder.resolve("ran")).doesNotExist();
        Files.writeString(scp, "a a.wav\n");
        Path text = Files.writeString(folder.resolve("text"), "b words\n");
        assertThatThrownBy(() -> TestSets.read("x", scp, text)).isInstanceOf(DataException.class).hasMessageContaining("no line for a");
    }
}
