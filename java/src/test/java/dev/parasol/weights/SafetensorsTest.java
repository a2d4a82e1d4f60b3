package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parasol.cuda.DataType;
import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("model.safetensors");
    }

    private Path write(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = TorchFile.little(8 + json.length + dataBytes).putLong(json.length).put(json);
        for (int i = 0; i < dataBytes; i++) {
            file.put((byte) i);
        }
        return Files.write(file(), file.array());
    }

    @Test
    void readsWhatItWrote() throws IOException {
        float[] floats = new float[20_000];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = i * 0.5f;
        }
        floats[3] = Float.NaN;
        new SafetensorsWriter().add("1.features \u00e4", new long[] {100, 200}, floats).add("ids", new long[] {3}, new long[] {-1, 1L << 40, 5})
                .add("none", new long[] {0, 4}, new float[0]).metadata("format", "pt").write(file());
        try (SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(file())) {
            assertThat(checkpoint.names()).containsExactly("1.features \u00e4", "ids", "none");
            assertThat(checkpoint.info("1.features \u00e4")).isEqualTo(new TensorInfo("1.features \u00e4", DataType.F32, new long[] {100, 200}));
            assertThat(HostTensors.floats(checkpoint, "1.features \u00e4")).isEqualTo(floats);
            assertThat(HostTensors.longs(checkpoint, "ids")).containsExactly(-1, 1L << 40, 5);
            assertThat(HostTensors.floats(checkpoint, "none")).isEmpty();
            assertThat(checkpoint.metadata()).containsExactly(Map.entry("format", "pt"));
            ByteBuffer part = TorchFile.little(8);
            checkpoint.read("1.features \u00e4", 19_998, part);
            assertThat(part.flip().getFloat()).isEqualTo(9999);
        }
        assertThat(Files.size(file()) % 8).isZero();
    }

    @Test
    void readsHalvesAndBfloats() throws IOException {
        Path file = write("{\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[4,6]}}  ", 6);
        try (Checkpoint checkpoint = Checkpoints.open(file)) {
            assertThat(HostTensors.floats(checkpoint, "h")).containsExactly(HostTensors.half((short) 0x0100), HostTensors.half((short) 0x0302));
            assertThat(HostTensors.floats(checkpoint, "b")).containsExactly(Float.intBitsToFloat(0x05040000));
        }
    }

    @ParameterizedTest
    @CsvSource({"0x0000,0", "0x8000,-0.0", "0x3c00,1", "0xc000,-2", "0x7bff,65504", "0x0001,5.9604645E-8", "0x83ff,-6.097555E-5", "0x0400,6.1035156E-5", "0x3555,0.33325195"})
    void widensHalves(String bits, float value) {
        assertThat(HostTensors.half(Integer.decode(bits).shortValue())).isEqualTo(value);
    }

    @Test
    void widensHalvesThatAreNoNumbers() {
        assertThat(HostTensors.half((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(HostTensors.half((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(HostTensors.half((short) 0x7e01)).isNaN();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}} | 4 | expected 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 8 | has 8 bytes of tensors, expected 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 2 | cut short",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | no gap, no overlap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}} | 6 | no gap, no overlap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | Duplicate",
        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}} | 1 | dtype F8_E4M3",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | 4 | whole number",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}} | 4 | whole number",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}} | 4 | impossible shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807],\"data_offsets\":[0,4]}} | 4 | impossible shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}} | 4 | not valid JSON",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}} | 4 | more than 8 dimensions",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}} | 4 | not two numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}} | 4 | expected 4 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}} | 4 | no dtype, shape or data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}} | 4 | unknown key x",
        "{\"a\":3} | 4 | no JSON object",
        "{\"__metadata__\":{\"a\":1}} | 0 | a value that is no text",
        "{\"a\":{\"dtype\" | 0 | not valid JSON",
        "{} {} | 0 | behind its JSON",
    })
    void refusesWrongHeaders(String header, int dataBytes, String complaint) throws IOException {
        Path file = write(header, dataBytes);
        assertThatThrownBy(() -> Checkpoints.open(file)).isInstanceOf(ModelException.class).hasMessageContaining("model.safetensors").hasMessageContaining(complaint);
    }

    @Test
    void aLongKeyDoesNotFillTheMessage() throws IOException {
        Path file = write("{\"a\":{\"" + "k".repeat(40_000) + "\":1}}", 0);
        assertThatThrownBy(() -> Checkpoints.open(file)).isInstanceOf(ModelException.class).extracting(Throwable::getMessage).asString().hasSizeLessThan(600);
    }

    @Test
    void refusesHeaderLengthsBeyondTheFile() throws IOException {
        for (long length : new long[] {3, 1L << 30, -1, Long.MIN_VALUE, 0}) {
            Files.write(file(), TorchFile.little(10).putLong(length).put((byte) '{').put((byte) '}').array());
            assertThatThrownBy(() -> Checkpoints.open(file())).as("%d", length).isInstanceOf(ModelException.class).hasMessageContaining("says that its header has");
        }
    }

    @Test
    void writesNothingByHalves() throws IOException {
        Files.writeString(file(), "before");
        SafetensorsWriter writer = new SafetensorsWriter().add("a", new long[] {1}, new float[1]);
        assertThatThrownBy(() -> writer.add("a", new long[] {1}, new float[1])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.add("b", new long[] {2}, new float[1])).isInstanceOf(IllegalArgumentException.class);
        Path busy = Files.createDirectories(folder.resolve("busy.safetensors/inside"));
        assertThatThrownBy(() -> writer.write(busy.getParent())).isInstanceOf(ModelException.class).hasMessageContaining("cannot be written");
        assertThatThrownBy(() -> writer.write(folder.resolve("nowhere/out.safetensors"))).isInstanceOf(ModelException.class).hasMessageContaining("nowhere");
        writer.write(file());
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(file(), busy.getParent());
        }
    }

    @Test
    void readsTheSharedGoldenResults() {
        try (Checkpoint golden = Checkpoints.open(Shared.path("models/sanm512/golden.safetensors"))) {
            assertThat(golden.info("1.features").shape()).containsExactly(17, 560);
            assertThat(golden.info("1.ids").type()).isEqualTo(DataType.I64);
            assertThat(LongStream.of(HostTensors.longs(golden, "1.ids"))).allMatch(id -> id >= 0 && id < 400);
            float[] logProbs = HostTensors.floats(golden, "1.log_probs");
            double sum = 0;
            for (int i = 0; i < 400; i++) {
                sum += Math.exp(logProbs[i]);
            }
            assertThat(sum).isBetween(0.999, 1.001);
        }
    }
}
