package dev.parasol.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TileTableTest {
    private final TileChoice small = new TileChoice("32x64", 5);
    private final TileChoice large = new TileChoice("128x256", 3);
    private Device device;
    private KernelLibrary library;

    @TempDir
    Path folder;

    @BeforeEach
    void open() {
        device = new Device();
        library = device.context().kernels();
    }

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void whatWasWrittenIsFound() throws IOException {
        TileTable table = TileTable.empty(library);
        String kernel = device.kernels().gemm().kernelName(DataType.F16, DataType.F32);
        table.add(kernel, 512, 2048, 6000, large);
        table.add(kernel, 512, 2048, 167, small);
        Path file = table.write(folder);
        assertThat(file).isEqualTo(table.file(folder)).isRegularFile();
        try (var files = Files.list(folder)) {
            assertThat(files).as("nothing else is left").containsExactly(file);
        }
        TileTable read = TileTable.load(library, folder);
        assertThat(read.find(kernel, 512, 2048, 1)).isEqualTo(small);
        assertThat(read.find(kernel, 512, 2048, 167)).isEqualTo(small);
        assertThat(read.find(kernel, 512, 2048, 168)).isEqualTo(large);
        assertThat(read.find(kernel, 512, 2048, 6001)).isNull();
        assertThat(read.find(kernel, 512, 512, 1)).isNull();
        assertThat(read.find("gemm_f16_f16", 512, 2048, 1)).isNull();
    }

    @Test
    void withoutAFileTheTableIsEmpty() {
        assertThat(TileTable.load(library, folder.resolve("none")).find("gemm_f16_f16", 1, 64, 1)).isNull();
    }

    /** Damaged in several ways, or for another device: ignored as a whole. */
    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"device\": \"another\", \"choices\": []}", "{\"device\": DEVICE, \"choices\": [GOOD, {\"kernel\": \"gemm_f16_f16\"}]}",
        "{\"device\": DEVICE, \"choices\": [GOOD, {\"kernel\": \"gemm_f16_f16\", \"n\": 8, \"k\": 64, \"rows\": 1, \"tile\": \"16x128\", \"stages\": -1}]}",
        "{\"device\": DEVICE, \"choices\": [GOOD, {\"kernel\": \"gemm_f16_f16\", \"n\": 1e99, \"k\": 64, \"rows\": 1, \"tile\": \"16x128\", \"stages\": 2}]}"})
    void aDamagedFileIsIgnored(String text) throws IOException {
        TileTable table = TileTable.empty(library);
        table.add("gemm_f16_f16", 8, 64, 100, small);
        String good = Files.readString(table.write(folder));
        String device = good.lines().filter(line -> line.contains("\"device\"")).findFirst().orElseThrow().replaceAll("^[^:]*: |,$", "");
        String entry = "{\"kernel\": \"gemm_f16_f16\", \"n\": 8, \"k\": 64, \"rows\": 100, \"tile\": \"32x64\", \"stages\": 5}";
        assertThat(TileTable.load(library, folder).find("gemm_f16_f16", 8, 64, 1)).isEqualTo(small);
        Files.writeString(table.file(folder), text.replace("DEVICE", device).replace("GOOD", entry));
        assertThat(TileTable.load(library, folder).find("gemm_f16_f16", 8, 64, 1)).isNull();
    }

    @Test
    void aHugeFileIsNotRead() throws IOException {
        TileTable table = TileTable.empty(library);
        Files.write(table.file(folder), new byte[(1 << 20) + 1]);
        assertThat(TileTable.load(library, folder).find("gemm_f16_f16", 8, 64, 1)).isNull();
    }
}
