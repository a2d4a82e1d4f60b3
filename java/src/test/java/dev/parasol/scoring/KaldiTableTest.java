package dev.parasol.scoring;

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
        assertThatThrownBy(() -> KaldiTable.read(folder.resolve("none"))).isInstanceOf(TableException.class).hasMessageContaining("does not exist");
        assertThatThrownBy(() -> KaldiTable.read(folder)).isInstanceOf(TableException.class).hasMessageContaining("not a regular file");
        Path file = folder.resolve("text");
        Files.writeString(file, "a x\nb y\na z\n");
        assertThatThrownBy(() -> KaldiTable.read(file)).isInstanceOf(TableException.class).hasMessageContaining("line 3").hasMessageContaining("'a'");
        Files.write(file, new byte[] {'a', ' ', (byte) 0xff});
        assertThatThrownBy(() -> KaldiTable.read(file)).isInstanceOf(TableException.class).hasMessageContaining("UTF-8");
        Files.writeString(file, "\n \n");
        assertThatThrownBy(() -> KaldiTable.read(file)).isInstanceOf(TableException.class).hasMessageContaining("no lines");
    }
}
