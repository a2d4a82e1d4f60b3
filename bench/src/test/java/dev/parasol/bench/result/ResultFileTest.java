package dev.parasol.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.cuda.DeviceProperties;
import dev.parasol.cuda.DeviceSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {
    private static final DeviceProperties PROPERTIES = new DeviceProperties("Device", 1 << 30, 9, 0, 132, 1024, 48 << 10, 227 << 10, 228 << 10, true, 13000);

    @TempDir
    Path folder;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private ResultFile results(DeviceSpec.Kind kind) {
        return new ResultFile(new DeviceSpec(kind, 0), PROPERTIES, new Surroundings("abc", "580", "1980 MHz"), folder.resolve("new/r.json"),
                new PrintStream(bytes, true, StandardCharsets.UTF_8));
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(folder.resolve("new/r.json").toFile());
    }

    @Test
    void fileIsWholeAfterEveryMeasurement() throws IOException {
        ResultFile results = results(DeviceSpec.Kind.CUDA);
        assertThat(json().path("measurements")).isEmpty();
        results.ceilings(new Ceilings(4e12, 8e14, "cuBLAS"));
        results.add(Entry.of("kernel", "gemm", "library", "1x2x3").timing(Timing.of(new double[] {10, 10, 10})).work(4e9, 1e6, results.ceilings()).check(1e-4, 2e-3));
        JsonNode root = json();
        assertThat(root.path("schema").asText()).isEqualTo("parasol-bench/1");
        assertThat(root.path("kind").asText()).isEqualTo("gpu");
        assertThat(root.path("commit").asText()).isEqualTo("abc");
        assertThat(root.path("device").path("driver").asText()).isEqualTo("580");
        assertThat(root.path("device").path("capability").asText()).isEqualTo("9.0");
        assertThat(root.path("ceilings").path("product_flop_s").asDouble()).isEqualTo(8e14);
        JsonNode entry = root.path("measurements").path(0);
        assertThat(entry.path("median_us").asDouble()).isEqualTo(10);
        assertThat(entry.path("tflop_s").asDouble()).isCloseTo(400, within(1e-9));
        assertThat(entry.path("roofline_share").asDouble()).isEqualTo(0.5);
        assertThat(entry.path("bound").asText()).isEqualTo("arithmetic");
        assertThat(entry.path("check").path("ok").asBoolean()).isTrue();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("50.0 % of product").doesNotContain("software");
    }

    @Test
    void everyLineOfTheSoftwareDeviceSaysSo() throws IOException {
        ResultFile results = results(DeviceSpec.Kind.SOFT);
        results.ceilings(new Ceilings(1, 1, "x"));
        results.line("device");
        results.add(Entry.of("kernel", "gemm", "cuBLAS", "1x2x3").skipped("not here"));
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).hasSize(2).allMatch(line -> line.startsWith("software device"));
        assertThat(results.ceilings()).isNull();
        assertThat(json().path("kind").asText()).isEqualTo("software");
    }

    @Test
    void wrongResultsAreCounted() {
        ResultFile results = results(DeviceSpec.Kind.CUDA);
        results.add(Entry.of("kernel", "a", "", "").check(1e-3, 1e-3));
        results.add(Entry.of("kernel", "b", "", "").check(Double.NaN, 1e-3));
        results.add(Entry.of("kernel", "c", "", "").check(2e-3, 1e-3));
        assertThat(results.wrong()).isEqualTo(2);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("WRONG");
    }
}
