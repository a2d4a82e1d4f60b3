package dev.parasol.bench.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.kernels.Quantized.Scaling;
import dev.parasol.kernels.TileTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class KernelCommandTest {
    @TempDir
    Path folder;

    private static int run(String... arguments) {
        return new CommandLine(new KernelCommand()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments);
    }

    private List<JsonNode> measurements(Path file) throws IOException {
        JsonNode all = new ObjectMapper().readTree(file.toFile()).path("measurements");
        return StreamSupport.stream(all.spliterator(), false).toList();
    }

    @Test
    void everyKernelHoldsAgainstDoublePrecisionOnTheSoftwareDevice() throws IOException {
        Path file = folder.resolve("r.json");
        assertThat(run("all", "--versions", "all", "--check", "--no-ceilings", "--device", "soft:0", "--out", file.toString())).isZero();
        List<String> names = new ArrayList<>(new Catalogue().names());
        for (JsonNode entry : measurements(file)) {
            if (!entry.has("skipped")) {
                assertThat(entry.path("check").path("ok").asBoolean()).as(entry.toString()).isTrue();
                names.remove(entry.path("name").asText());
            }
        }
        assertThat(names).isEmpty();
    }

    @Test
    void tuningKeepsATableThatIsUsed() {
        assertThat(new CommandLine(new TuneCommand()).execute("--device", "soft:0", "--cache", folder.toString())).isZero();
        try (Scratch scratch = new Scratch(DeviceSpec.parse("soft:0"))) {
            TileTable table = TileTable.load(scratch.context().kernels(), folder);
            String product = scratch.kernels().gemm().kernelName(DataType.F16, DataType.F16);
            assertThat(scratch.kernels().gemm().choices(DataType.F16, DataType.F16)).contains(table.find(product, 128, 128, 10), table.find(product, 128, 128, 64));
            assertThat(table.find(product, 128, 128, 65)).isNull();
            String blocks = scratch.kernels().gemmS8().kernelName(Scaling.BLOCKS, DataType.F32);
            assertThat(scratch.kernels().gemmS8().choices(Scaling.BLOCKS, DataType.F32)).contains(table.find(blocks, 128, 128, 64));
            String requantized = scratch.kernels().gemmS8().kernelName(Scaling.ROWS, DataType.I8);
            assertThat(scratch.kernels().gemmS8().choices(Scaling.ROWS, DataType.I8)).contains(table.find(requantized, 128, 128, 16));
            assertThat(scratch.kernels().gemmW8().choices(DataType.F32)).contains(table.find(scratch.kernels().gemmW8().kernelName(DataType.F32), 128, 128, 1));
        }
    }

    @Test
    void tuningCanBeOfSomeProductsAlone() {
        CommandLine tune = new CommandLine(new TuneCommand()).setCaseInsensitiveEnumValuesAllowed(true);
        assertThat(tune.execute("--device", "soft:0", "--cache", folder.toString(), "--kinds", "int8-weights")).isZero();
        assertThat(tune.execute("--device", "soft:0", "--cache", folder.toString(), "--kinds", "int9")).isEqualTo(2);
        try (Scratch scratch = new Scratch(DeviceSpec.parse("soft:0"))) {
            TileTable table = TileTable.load(scratch.context().kernels(), folder);
            assertThat(table.find(scratch.kernels().gemmW8().kernelName(DataType.F32), 128, 128, 1)).isNotNull();
            assertThat(table.find(scratch.kernels().gemm().kernelName(DataType.F16, DataType.F16), 128, 128, 1)).isNull();
        }
    }

    @Test
    void withoutCublasTheResultSaysSo() throws IOException {
        Path file = folder.resolve("r.json");
        assertThat(run("gemm", "--shape", "5,70,65", "--check", "--device", "soft:0", "--out", file.toString())).isZero();
        assertThat(measurements(file)).filteredOn(entry -> entry.path("variant").asText().startsWith("cuBLAS")).isNotEmpty()
                .allMatch(entry -> entry.path("skipped").asText().contains("cuBLAS does not run on the software device"));
    }

    @Test
    void wrongNamesAndShapesAreWrongUsage() {
        assertThat(run("gem", "--device", "soft:0")).isEqualTo(2);
        assertThat(run("gemm", "--shape", "1,2", "--device", "soft:0")).isEqualTo(2);
        assertThat(run("gemm", "--shape", "1,2,x", "--device", "soft:0")).isEqualTo(2);
        assertThatThrownBy(() -> Shape.parse("1,0,3")).hasMessageContaining("at least 1");
        assertThat(Shape.parse("6000, 1536,512")).hasToString("6000x1536x512");
    }
}
