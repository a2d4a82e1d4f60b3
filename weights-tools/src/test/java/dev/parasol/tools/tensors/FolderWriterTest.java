package dev.parasol.tools.tensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWriterTest {
    private static final Path SAMPLE = Path.of("../java/samples/digits-tiny");

    @TempDir
    Path folder;

    private void write(Path out) throws IOException {
        try (Checkpoint weights = ModelFolder.open(SAMPLE.toString()).openCheckpoint()) {
            new FolderWriter(out).write(aside -> FolderWriter.copySmallFiles(SAMPLE, aside), weights);
        }
    }

    private Stream<String> names(Path of) throws IOException {
        return Files.list(of).map(file -> file.getFileName().toString());
    }

    @Test
    void whatAKilledRunHasLeftIsClearedByTheNext() throws IOException {
        Path partial = Files.createDirectory(folder.resolve(".out.partial"));
        Files.writeString(partial.resolve("lock"), "");
        Files.writeString(partial.resolve(".model.pt.part"), "half");
        Files.writeString(partial.resolve("pruning.json"), "{}");
        write(folder.resolve("out"));
        assertThat(names(folder)).containsExactly("out");
        assertThat(names(folder.resolve("out"))).containsExactlyInAnyOrder("config.yaml", "configuration.json", "am.mvn", "tokens.json", "model.safetensors");
    }

    @Test
    void whatAnotherIsWritingIsLeftToIt() throws IOException {
        Path partial = Files.createDirectory(folder.resolve(".out.partial"));
        Files.writeString(partial.resolve("model.safetensors"), "half");
        try (FileChannel other = FileChannel.open(partial.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            other.lock();
            assertThatThrownBy(() -> write(folder.resolve("out"))).isInstanceOf(ModelException.class).hasMessageContaining("being written by another process");
            assertThat(partial.resolve("model.safetensors")).exists();
        }
    }

    @Test
    void aFailureNamesTheFileAsItWouldBeCalledAndLeavesNothing() throws IOException {
        Path out = folder.resolve("out");
        try (Checkpoint weights = ModelFolder.open(SAMPLE.toString()).openCheckpoint()) {
            assertThatThrownBy(() -> new FolderWriter(out).write(aside -> {
                FolderWriter.copySmallFiles(SAMPLE, aside);
                Files.writeString(aside.resolve("tokens.json"), "[\"a\"");
            }, weights)).isInstanceOf(ModelException.class).hasMessageContaining(out.resolve("tokens.json").toString());
        }
        assertThat(names(folder)).isEmpty();
    }

    @Test
    void theSizeIsKnownBefore() throws IOException {
        Path out = folder.resolve("out");
        try (Checkpoint weights = ModelFolder.open(SAMPLE.toString()).openCheckpoint()) {
            long foretold = new FolderWriter(out).metadata("x", "y").bytes(weights);
            new FolderWriter(out).metadata("x", "y").write(aside -> FolderWriter.copySmallFiles(SAMPLE, aside), weights);
            assertThat(Files.size(out.resolve("model.safetensors"))).isEqualTo(foretold);
        }
    }
}
