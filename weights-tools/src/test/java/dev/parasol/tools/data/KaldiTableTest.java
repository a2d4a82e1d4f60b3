package dev.parasol.tools.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KaldiTableTest {
    @TempDir
    Path folder;

    @Test
    void idsAndTheRestOfTheirLines() throws IOException {
        Path file = Files.writeString(folder.resolve("text"), "\ufeffa one  two\r\n\n  b\tthree \nc\n");
        assertThat(KaldiTable.read(file)).containsExactly(entry("a", "one  two"), entry("b", "three"), entry("c", ""));
    }

    @Test
    void whatCannotBeUsedIsNamed() throws IOException {
        assertThatThrownBy(() -> KaldiTable.read(folder.resolve("none"))).isInstanceOf(DataException.class).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> KaldiTable.read(folder)).isInstanceOf(DataException.class).hasMessageContaining("not a regular file");
        Path file = folder.resolve("text");
        Files.writeString(file, "a x\nb y\na z\n");
        assertThatThrownBy(() -> KaldiTable.read(file)).isInstanceOf(DataException.class).hasMessageContaining("line 3").hasMessageContaining("'a'");
        Files.write(file, new byte[] {'a', ' ', (byte) 0xff});
        assertThatThrownBy(() -> KaldiTable.read(file)).isInstanceOf(DataException.class).hasMessageContaining("UTF-8");
        Files.writeString(file, "\n \n");
        assertThatThrownBy(() -> KaldiTable.read(file)).isInstanceOf(DataException.class).hasMessageContaining("no lines");
    }

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
