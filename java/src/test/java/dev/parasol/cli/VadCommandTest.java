package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.testing.Shared;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VadCommandTest {
    private final PrintStream standard = System.out;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

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
    void oneLineAFileAndAFailureConcernsNoOther() {
        String model = Shared.path("models/fsmn-vad").toString();
        String file = Shared.path("audio/vad/testset-audio-02.wav").toString();
        assertThat(run("vad", "--model", model, "--max_end_silence_time", "800", "no/such.wav", file)).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8).lines().toList()).hasSize(2)
                .satisfies(lines -> assertThat(lines.get(0)).startsWith("{\"file\":\"no/such.wav\",\"error\":\""))
                .satisfies(lines -> assertThat(lines.get(1)).isEqualTo("{\"file\":\"" + file + "\",\"segments\":[[0,2740],[3020,4030]]}"));
    }

    @Test
    void wrongUsageAndAWrongModelAreTold() {
        assertThat(run("vad", "a.wav")).isEqualTo(2);
        assertThat(run("vad", "--model", "no/such/folder", "--max-end-silence-time", "-1", "a.wav")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--model", "--max-end-silence-time");
        err.reset();
        assertThat(run("vad", "--model", "no/such/folder", "a.wav")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no/such/folder").doesNotContain("\tat ").hasLineCount(1);
    }
}
