package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parasol.testing.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command on a device without virtual memory, in a process of its own, since the environment decides that. */
class PlainMemoryTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void aDeviceWithoutVirtualMemoryGivesTheSameTextsAndSaysSoOnce() throws IOException, InterruptedException {
        JsonNode expected = JSON.readTree(Samples.expected().toFile()).get("utterances");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp",
                System.getProperty("java.class.path"), "dev.parasol.cli.Main", "transcribe", "--model", Samples.model().toString(), "--device", "soft:0",
                "--batch-size-s", "5", "--format", "json"));
        expected.forEach(utterance -> command.add(Samples.speech(0).resolveSibling(utterance.get("file").asText()).toString()));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("PARASOL_SOFT_VIRTUAL_MEMORY", "0");
        assertThat(builder.start().waitFor()).as(() -> read(err)).isZero();
        assertThat(read(err).lines().filter(line -> line.contains("no virtual memory management"))).hasSize(1);
        List<String> lines = read(out).lines().toList();
        assertThat(lines).hasSize(expected.size());
        for (int i = 0; i < lines.size(); i++) {
            assertThat(JSON.readTree(lines.get(i)).get("text").asText()).isEqualTo(expected.get(i).get("funasr_text").asText());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
