package dev.parasol.tools.tensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.DataType;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.Checkpoints;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchWriterTest {
    @TempDir
    Path folder;

    private static TorchWriter some() {
        return new TorchWriter()
                .add(new TensorInfo("a.weight", DataType.F32, new long[] {300, 41}), (buffer, from, to) -> {
                    for (long i = from; i < to; i++) {
                        buffer.putFloat(i * 0.5f);
                    }
                })
                .add(new TensorInfo("wörter", DataType.I64, new long[] {}), (buffer, from, to) -> buffer.putLong(-7))
                .add(new TensorInfo("h", DataType.F16, new long[] {3}), (buffer, from, to) -> buffer.putShort(Half.of(1)).putShort(Half.of(-2)).putShort(Half.of(0.25f)));
    }

    @Test
    void isReadAsACheckpoint() {
        Path file = folder.resolve("model.pt");
        some().write(file);
        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            assertThat(checkpoint.names()).containsExactly("a.weight", "wörter", "h");
            assertThat(checkpoint.info("a.weight")).isEqualTo(new TensorInfo("a.weight", DataType.F32, new long[] {300, 41}));
            float[] values = HostTensors.floats(checkpoint, "a.weight");
            assertThat(values[12_299]).isEqualTo(6149.5f);
            assertThat(HostTensors.longs(checkpoint, "wörter")).containsExactly(-7);
            assertThat(HostTensors.floats(checkpoint, "h")).containsExactly(1, -2, 0.25f);
        }
    }

    @Test
    void isAZipFileWhoseChecksumsHold() throws IOException {
        Path file = folder.resolve("model.pt");
        some().write(file);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                CRC32 sum = new CRC32();
                sum.update(zip.getInputStream(entry).readAllBytes());
                assertThat(entry.getCrc()).as(entry.getName()).isEqualTo(sum.getValue());
                assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
            }
            assertThat(zip.stream().map(ZipEntry::getName)).containsExactly("model/data.pkl", "model/byteorder", "model/data/0", "model/data/1",
                    "model/data/2", "model/version");
        }
    }

    @Test
    void aFailureLeavesNothing() throws IOException {
        TorchWriter writer = some().add(new TensorInfo("b", DataType.F32, new long[] {1}), (buffer, from, to) -> {
            throw new ModelException("no");
        });
        assertThatThrownBy(() -> writer.write(folder.resolve("model.pt"))).isInstanceOf(ModelException.class);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}
