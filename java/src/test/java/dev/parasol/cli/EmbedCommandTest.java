package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.testing.Samples;
import dev.parasol.testing.TinySpeaker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbedCommandTest {
    private final PrintStream standard = System.out;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    private int run(String... args) {
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        System.setOut(stream);
        return Main.run(args, stream, new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(standard);
    }

    @Test
    void oneLineAFileAndAFailureConcernsNoOther() throws IOException {
        String file = Samples.speech(0).toString();
        assertThat(run("embed", "--model", TinySpeaker.write(folder).toString(), "no/such.wav", file)).isEqualTo(1);
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).startsWith("{\"file\":\"no/such.wav\",\"error\":\"");
        JsonNode line = new ObjectMapper().readTree(lines.get(1));
        assertThat(line.get("file").asText()).isEqualTo(file);
        assertThat(line.get("embedding")).hasSize(24).allSatisfy(number -> assertThat(number.isNumber()).isTrue());
    }

    @Test
    void wrongUsageAndAWrongModelAreTold() {
        assertThat(run("embed", "a.wav")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--model");
        err.reset();
        assertThat(run("embed", "--model", "no/such/folder", "a.wav")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no/such/folder").doesNotContain("\tat ").hasLineCount(1);
    }

    @Test
    void memoryTellsWhatItWouldTake() throws IOException {
        String model = Samples.model();
        assertThat(run("memory", "--model", model, "--seconds", "5", "--spk-model", TinySpeaker.write(folder).toString())).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("speakers", "activations of 32 windows of 1.5 s");
    }
}
