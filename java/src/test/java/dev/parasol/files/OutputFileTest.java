package dev.parasol.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFileTest {
    private static final OutputFile.Content NEW = channel -> OutputFile.writeFully(channel, ByteBuffer.wrap("new".getBytes(StandardCharsets.US_ASCII)));

    @TempDir
    Path folder;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertRefused(Path file, String reason) {
        assertThatThrownBy(() -> OutputFile.check(file)).isInstanceOfSatisfying(IOException.class, e -> assertThat(FileErrors.reason(e)).isEqualTo(reason));
        assertThatThrownBy(() -> OutputFile.write(file, NEW)).isInstanceOfSatisfying(IOException.class, e -> assertThat(FileErrors.reason(e)).isEqualTo(reason));
    }

    @Test
    void replacesWhatIsThere() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        OutputFile.check(file);
        assertThat(file).hasContent("old");
        OutputFile.write(file, NEW);
        assertThat(file).hasContent("new");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void keepsWhatIsThereWhenWritingFails() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertThatThrownBy(() -> OutputFile.write(file, channel -> {
            NEW.write(channel);
            throw new IOException("full");
        })).hasMessage("full");
        assertThatThrownBy(() -> OutputFile.write(file, channel -> {
            NEW.write(channel);
            throw new IllegalStateException("defect");
        })).hasMessage("defect");
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void namesWhatCannotBeWritten() throws IOException {
        Path missing = folder.resolve("missing");
        assertRefused(missing.resolve("file"), "the folder " + missing + " does not exist");
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertRefused(file.resolve("below"), file + " is not a folder");
        assertRefused(folder, "it is a folder, expected the name of a file");
        assertRefused(Path.of(""), "the name is empty");
        assertRefused(Files.createSymbolicLink(folder.resolve("dangling"), missing), "it is a link to something that does not exist");
        assertThat(names()).containsExactly("dangling", "file");
    }

    @Test
    void aFolderMayTakeNoFiles() {
        assertThatThrownBy(() -> OutputFile.check(Path.of("/proc/parasol"))).isInstanceOfSatisfying(IOException.class,
                e -> assertThat(FileErrors.reason(e)).isEqualTo("its folder takes no files"));
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        OutputFile.write(link, NEW);
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/null", "/dev/full"})
    void aDeviceStaysADevice(String name) throws IOException {
        Path device = Path.of(name);
        OutputFile.check(device);
        if (name.equals("/dev/full")) {
            assertThatThrownBy(() -> OutputFile.write(device, NEW)).hasMessageContaining("No space left on device");
        } else {
            OutputFile.write(device, NEW);
        }
        assertThat(Files.isRegularFile(device)).isFalse();
    }
}
