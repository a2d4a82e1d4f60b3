package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return Main.run(args, new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    void optionsHaveTwoSpellings() {
        assertThat(Main.oneSpelling(new String[] {"--batch_size_s", "a_b", "--memory_limit=1_0", "--", "--not_an_option"}))
                .containsExactly("--batch-size-s", "a_b", "--memory-limit=1_0", "--", "--not_an_option");
    }

    @Test
    void helpNamesEveryCommand() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("transcribe", "stages", "devices");
    }

    @Test
    void wrongUsageIsExitCodeTwoAndSaysWhatIsMissing() {
        assertThat(run("transcribe", "a.wav")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--model");
    }

    @Test
    void aMissingModelIsOneLineWithoutAStackTrace() {
        assertThat(run("transcribe", "--model", "no/such/folder", "--device", "soft:0", "a.wav")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no/such/folder").doesNotContain("\tat ").hasLineCount(1);
    }

    @Test
    void anUnknownDeviceIsNamed() {
        assertThat(run("transcribe", "--model", "synth:paraformer-large", "--device", "tpu:0", "a.wav")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("tpu:0").doesNotContain("\tat ");
    }

    @Test
    void layersThatAreNoneAreWrongUsage() {
        assertThat(run("transcribe", "--model", "synth:paraformer-large", "--keep_layers", "5-0", "a.wav")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--keep-layers", "the range 5-0 is reversed");
        assertThat(run("stages", "--model", "synth:paraformer-large", "--keep-layers", "@no/such/mask", "--wav", "a.wav", "--out", "b")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no/such/mask is missing");
    }
}
