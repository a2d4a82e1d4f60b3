package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How recordings are divided, by options and by file. */
class TranscribeCommandTest {
    private final PrintStream standard = System.out;
    private final PrintStream standardError = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void catchOutput() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(standard);
        System.setErr(standardError);
    }

    private int run(String... args) {
        return Main.run(args, System.out, System.err);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void optionsAreUnderstoodInBothSpellingsAndGoBeforeTheFile(@TempDir Path folder) throws IOException {
        Path config = Files.writeString(folder.resolve("options.yaml"), "batch_size_s: 6000\nmerge_vad: true\nvad_kwargs: {max_single_segment_time: 20000}\n");
        assertThat(run("transcribe", "--model", Samples.model(), "--vad_model", Shared.path("models/fsmn-vad").toString(), "--config", config.toString(),
                "--merge_vad=false", "--batch-size-s", "20", "--batch_size_token_threshold_s", "90", "--max_end_silence_time", "800",
                Samples.speech(4).toString())).isZero();
        assertThat(out()).isEqualTo("zero nine seven six eight\n");
        assertThat(err()).isEqualTo("parasol: batch_size_threshold_s is 90; 20 is used, which is batch_size_s\n");
    }

    @Test
    void optionsOfModelsThatAreNotThereAreNotPassedOverInSilence() {
        assertThat(run("transcribe", "--model", Samples.model(), "--max-end-silence-time", "800", "--merge-vad", "--preset-spk-num", "2",
                Samples.speech(4).toString())).isZero();
        assertThat(out()).isEqualTo("zero nine seven six eight\n");
        assertThat(err()).isEqualTo("parasol: merge_vad has no effect without a VAD model\nparasol: max_end_silence_time has no effect without a VAD model\n"
                + "parasol: preset_spk_num has no effect without a speaker model\n");
    }

    @Test
    void aJournalInNoFolderIsToldSo(@TempDir Path folder) {
        assertThat(run("transcribe", "--model", Samples.model(), "--journal", folder.resolve("none/j").toString(), Samples.speech(4).toString())).isEqualTo(1);
        assertThat(err()).contains("none/j cannot be written: its folder does not exist").hasLineCount(1);
        assertThat(out()).isEmpty();
    }

    @Test
    void tuneOpensEveryCandidateBeforeAnythingIsMeasured(@TempDir Path folder) throws IOException {
        Path reference = Files.writeString(folder.resolve("text"), "utt-04 zero nine seven six eight\n");
        Path recording = Files.copy(Samples.speech(4), folder.resolve("utt-04.wav"));
        assertThat(run("tune", "--model", Samples.model(), "--reference", reference.toString(), "--candidate", folder.toString(), "--out",
                folder.resolve("tuned").toString(), recording.toString())).isEqualTo(1);
        assertThat(err()).contains(folder + "/config.yaml is missing").hasLineCount(1);
        assertThat(out()).isEmpty();
        assertThat(folder.resolve("tuned")).doesNotExist();
    }

    @Test
    void memoryPrintsNothingBesideAFailure(@TempDir Path folder) {
        assertThat(run("memory", "--model", Samples.model(), "--seconds", "3", "--spk-model", folder.toString())).isEqualTo(1);
        assertThat(out()).isEmpty();
    }

    @Test
    void whatIsWrongIsToldInOneLine(@TempDir Path folder) throws IOException {
        Path config = Files.writeString(folder.resolve("options.yaml"), "batch_sise_s: 3\n");
        assertThat(run("transcribe", "--model", Samples.model(), "--config", config.toString(), "a.wav")).isEqualTo(1);
        assertThat(err()).contains("there is no option batch_sise_s, expected batch_size_s").hasLineCount(1);
        err.reset();
        assertThat(run("transcribe", "--model", Samples.model(), "--vad-model", folder.toString(), Samples.speech(0).toString())).isEqualTo(1);
        assertThat(err()).contains(folder.toString()).hasLineCount(1);
        err.reset();
        assertThat(run("transcribe", "--model", Samples.model(), "--merge-length-s", "0", "a.wav")).isEqualTo(2);
        assertThat(err()).contains("merge_length_s is 0, expected more than 0");
        assertThat(out()).isEmpty();
    }
}
