package dev.parasol.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelFolder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ExportCommandTest {
    @TempDir
    Path folder;

    @Test
    void whatIsExportedCanBeReadAgain() throws Exception {
        int code = new CommandLine(new ExportCommand()).execute("--device", "soft:0", "--samples", "../java/samples", "--out", folder.toString());
        assertThat(code).isZero();
        assertThat(folder.resolve("batches.safetensors")).exists();
        Path model = Files.createDirectory(folder.resolve("again"));
        for (String file : List.of("config.yaml", "am.mvn", "tokens.json")) {
            Files.copy(Path.of("../java/samples/digits-tiny", file), model.resolve(file));
        }
        Files.move(folder.resolve("model.safetensors"), model.resolve("model.safetensors"));
        try (Checkpoint exported = ModelFolder.open(model.toString()).openCheckpoint();
                Checkpoint original = ModelFolder.open("../java/samples/digits-tiny").openCheckpoint()) {
            String name = "decoder.output_layer.weight";
            assertThat(exported.info(name).shape()).isEqualTo(original.info(name).shape());
            // The sample's weights are halves already.
            assertThat(bytes(exported, name)).isEqualTo(bytes(original, name));
        }
    }

    private static byte[] bytes(Checkpoint checkpoint, String name) {
        ByteBuffer buffer = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        checkpoint.read(name, 0, buffer);
        return buffer.array();
    }

    @Test
    void tokensOfAnotherNumberAllDiffer() {
        assertThat(ExportCommand.differing(List.of(new int[] {1, 2}, new int[] {3, 4}), List.of(new int[] {1, 9}, new int[] {3}))).isEqualTo(0.75);
        assertThat(ExportCommand.differing(List.of(new int[0]), List.of(new int[0]))).isZero();
    }
}
