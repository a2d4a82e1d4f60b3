package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.testing.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole model in int8 on software devices of two capabilities, in processes of their own, since the environment decides that. */
class CapabilityTest {
    @TempDir
    Path folder;

    /** Sums of whole numbers are exact, and on the software device those of halves have one order: every stage has the same bits, whichever instructions made it. */
    @Test
    void int8HasTheSameBitsByWarpsAndByWarpgroups() throws IOException, InterruptedException {
        assertThat(stages("9.0")).isEqualTo(stages("8.0"));
    }

    private byte[] stages(String capability) throws IOException, InterruptedException {
        Path out = folder.resolve(capability + ".safetensors");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp",
                System.getProperty("java.class.path"), "dev.parasol.cli.Main", "stages", "--model", Samples.model().toString(), "--device", "soft:0",
                "--precision", "int8", "--wav", Samples.speech(0).toString(), "--out", out.toString())).redirectError(err.toFile());
        builder.environment().put("PARASOL_SOFT_CAPABILITY", capability);
        assertThat(builder.start().waitFor()).as(Files.readString(err, StandardCharsets.UTF_8)).isZero();
        return Files.readAllBytes(out);
    }
}
