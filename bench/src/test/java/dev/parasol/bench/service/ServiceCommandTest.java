package dev.parasol.bench.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ServiceCommandTest {
    @TempDir
    Path folder;

    private JsonNode measured(String... more) throws IOException {
        Path file = folder.resolve("r.json");
        CommandLine command = new CommandLine(new ServiceCommand());
        String[] usual = {"--device", "soft:0", "--samples", "../java/samples", "--requests", "6", "--out", file.toString()};
        assertThat(command.execute(Stream.of(usual, more).flatMap(Arrays::stream).toArray(String[]::new))).isZero();
        return new ObjectMapper().readTree(file.toFile()).path("measurements");
    }

    @Test
    void everyNumberOfCallersHasItsTextsAndItsMemory() throws IOException {
        JsonNode entries = measured();
        assertThat(entries).hasSize(2).allSatisfy(entry -> {
            assertThat(entry.path("check").path("ok").asBoolean()).isTrue();
            assertThat(entry.path("rtfx").asDouble() * entry.path("rtf").asDouble()).isBetween(0.999, 1.001);
            assertThat(entry.path("latency_p50_ms").asDouble()).isPositive().isLessThanOrEqualTo(entry.path("latency_p95_ms").asDouble());
            assertThat(entry.path("device_idle_share").asDouble()).isBetween(0.0, 1.0);
            assertThat(entry.path("held_bytes").asLong()).isPositive().isLessThanOrEqualTo(entry.path("held_limit_bytes").asLong());
            assertThat(entry.path("measured_bytes").asLong()).isPositive().isEqualTo(entry.path("planned_bytes").asLong());
        });
        assertThat(entries.get(0).path("shape").asText()).isEqualTo("1 caller, batches of 12 s");
        assertThat(entries.get(1).path("shape").asText()).isEqualTo("4 callers, batches of 12 s");
    }

    @Test
    void aSpentBudgetIsSaid() throws IOException {
        assertThat(measured("--budget", "1e-9")).hasSize(2).allMatch(entry -> entry.path("skipped").asText().equals("the time budget was spent"));
    }

    @Test
    void aFolderWithoutRecordingsIsWrongUsage() throws IOException {
        Files.createDirectory(folder.resolve("audio"));
        CommandLine command = new CommandLine(new ServiceCommand()).setExecutionExceptionHandler((e, c, p) -> {
            assertThat(e).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no recordings");
            return 2;
        });
        assertThat(command.execute("--device", "soft:0", "--model", "../java/samples/digits-tiny", "--samples", folder.toString(), "--out", folder.resolve("r.json").toString())).isEqualTo(2);
        assertThat(new CommandLine(new ServiceCommand()).execute("--device", "soft:x", "--out", "r.json")).isEqualTo(2);
    }
}
