package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed with no chance to do anything about it. */
@Tag("soak")
class KilledRunTest {
    private static final int KILLS = 12;

    @TempDir
    Path folder;

    private Process start(Path out, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                "dev.parasol.cli.Main", "transcribe", "--model", Samples.model(), "--vad-model", Shared.path("models/fsmn-vad").toString(), "--max-end-silence-time", "300",
                "--batch-size-s", "60", "--timestamps", "--format", "json"));
        command.addAll(Arrays.asList(options));
        String recording = Shared.path("audio/digits/long-0.wav").toString();
        command.addAll(List.of(recording, Samples.speech(4).toString(), recording, recording, recording, recording));
        return new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(folder.resolve("errors").toFile()).start();
    }

    private static List<JsonNode> lines(Path out) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(out)) {
            lines.add(((ObjectNode) new ObjectMapper().readTree(line)).without("rtf"));
        }
        return lines;
    }

    @Test
    void theLastRunSaysWhatAnUninterruptedOneDoes() throws Exception {
        Path whole = folder.resolve("whole");
        long begun = System.nanoTime();
        assertThat(start(whole).waitFor()).isZero();
        long needed = System.nanoTime() - begun;
        Path journal = folder.resolve("journal");
        Path resumed = folder.resolve("resumed");
        Random random = new Random(3);
        int killed = 0;
        Process run = null;
        for (int i = 0; i < KILLS; i++) {
            run = start(resumed, "--journal", journal.toString(), "--resume");
            if (!run.waitFor((long) (needed * (0.3 + 0.5 * random.nextDouble())), TimeUnit.NANOSECONDS)) {
                run.destroyForcibly().waitFor();
                killed++;
            }
            if (run.exitValue() == 0) {
                break;
            }
        }
        if (run.exitValue() != 0) {
            run = start(resumed, "--journal", journal.toString(), "--resume");
            assertThat(run.waitFor()).as("%s", Files.readString(folder.resolve("errors"))).isZero();
        }
        assertThat(killed).isPositive();
        assertThat(lines(resumed)).isEqualTo(lines(whole));
        assertThat(journal).doesNotExist();
    }
}
