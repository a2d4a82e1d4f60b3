package dev.parasol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return Main.run(args, new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    /** What was written since it was last asked. */
    private String errors() {
        String text = err.toString(StandardCharsets.UTF_8);
        err.reset();
        return text;
    }

    @Test
    void optionsHaveTwoSpellings() {
        assertThat(Program.oneSpelling(new String[] {"--batch_size_s", "a_b", "--memory_limit=1_0", "--", "--not_an_option"}))
                .containsExactly("--batch-size-s", "a_b", "--memory-limit=1_0", "--", "--not_an_option");
    }

    @Test
    void helpNamesEveryCommand() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("transcribe", "punctuate", "vad", "stages", "memory", "devices");
    }

    @Test
    void wrongUsageIsExitCodeTwoAndSaysWhatIsMissing() {
        assertThat(run("transcribe", "a.wav")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--model");
    }

    @Test
    void wrongUsageIsNotBuriedUnderAllOptions() {
        assertThat(run("transcribe", "--model", "m", "--batch-size-s", "many", "a.wav")).isEqualTo(2);
        assertThat(errors()).isEqualTo("parasol transcribe: Invalid value for option '--batch-size-s': 'many' is not a double\n"
                + "'parasol transcribe --help' tells what there is.\n");
        assertThat(run("transcibe")).isEqualTo(2);
        assertThat(errors()).contains("'transcibe'", "Did you mean", "transcribe", "'parasol --help'").hasLineCount(3);
    }

    @Test
    void withoutAnythingTheCommandsAreListed() {
        assertThat(run()).isEqualTo(2);
        assertThat(errors()).contains("Missing required subcommand", "Usage: parasol", "transcribe", "devices");
    }

    @Test
    void helpOfEveryCommandIsWithoutFormats() {
        for (String command : new CommandLine(Main.class).getSubcommands().keySet()) {
            out.reset();
            assertThat(run(command, "--help")).isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("Usage: parasol " + command).doesNotContain("%%", "%n");
        }
    }

    /** FunASR takes what ends in .txt for a file; the name of one that is missing is no word to listen for. */
    @Test
    void aMissingFileOfHotwordsIsToldBeforeTheModelIsRead() {
        assertThat(run("transcribe", "--model", "no/such/folder", "--hotword", "no/such/words.txt", "a.wav")).isEqualTo(1);
        assertThat(errors()).contains("no/such/words.txt is missing").hasLineCount(1);
    }

    @Test
    void aMissingModelIsOneLineWithoutAStackTrace() {
        assertThat(run("transcribe", "--model", "no/such/folder", "--device", "soft:0", "a.wav")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no/such/folder").doesNotContain("\tat ").hasLineCount(1);
    }

    @Test
    void anUnknownPrecisionAndABadFileOfSchemesAreWrongUsage() {
        assertThat(run("memory", "--model", "synth:paraformer-large", "--precision", "int4")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("'int4' is no precision, expected fp32, fp16, int8, int8-weights or mixed:FILE");
        assertThat(run("memory", "--model", "synth:paraformer-large", "--precision", "mixed:no/such/file")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no/such/file is missing").doesNotContain("\tat ");
    }

    @Test
    void anUnknownDeviceIsNamed() {
        assertThat(run("transcribe", "--model", "synth:paraformer-large", "--device", "tpu:0", "a.wav")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("tpu:0").doesNotContain("\tat ");
    }

    @Test
    void layersThatAreNoneAreWrongUsage() {
        assertThat(run("transcribe", "--model", "synth:paraformer-large", "--keep_layers", "5-0", "a.wav")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--keep-layers", "the range 5-0 is reversed");
        assertThat(run("stages", "--model", "synth:paraformer-large", "--keep-layers", "@no/such/mask", "--wav", "a.wav", "--out", "b")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no/such/mask is missing");
    }

    @Test
    void memoryIsForecastWithoutADevice(@TempDir Path folder) throws IOException {
        Path page = folder.resolve("timeline.html");
        assertThat(Main.run(new String[] {"memory", "--model", "synth:paraformer-large", "--seconds", "300", "--by_layer", "--keep_layers", "0-48",
            "--html", page.toString()}, System.out, System.err)).isZero();
        assertThat(Files.readString(page)).contains("kept 49 of 50 encoder layers");
    }

    @Test
    void resultsThatCannotBeWrittenAreAFailure() {
        PrintStream full = new PrintStream(new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        assertThat(Main.run(new String[] {"--help"}, full, new PrintStream(err, true, StandardCharsets.UTF_8))).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("standard output cannot be written").hasLineCount(1);
    }

    @Test
    void batchesThatCannotBeAreWrongUsage() {
        assertThat(run("transcribe", "--model", "synth:paraformer-large", "--batch_size_s", "0", "a.wav")).isEqualTo(2);
        assertThat(run("transcribe", "--model", "synth:paraformer-large", "--batch-size-s", "NaN", "a.wav")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("batch_size_s is NaN, expected more than 0").doesNotContain("\tat ");
        assertThat(run("memory", "--model", "synth:paraformer-large", "--seconds", "0")).isEqualTo(2);
        assertThat(run("memory", "--model", "synth:paraformer-large", "--seconds", "NaN")).isEqualTo(2);
        assertThat(run("memory", "--model", "synth:paraformer-large", "--seconds", "1", "--batch", "0")).isEqualTo(2);
        assertThat(run("memory", "--model", "synth:paraformer-large", "--seconds", "0.0001", "--batch", "2")).isEqualTo(0);
        assertThat(run("memory", "--model", "synth:paraformer-large", "--seconds", "0.0001", "--batch", "3")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--seconds: expected more than 0", "1.0E-4 s of audio cannot be divided into 3 utterances");
    }

    @Test
    void aDeviceThatIsNotThereIsAFailureAndNotWrongUsage() {
        assertThat(run("transcribe", "--model", "java/samples/none", "--device", "soft:9", "a.wav")).isEqualTo(1);
        assertThat(run("replay", "--device", "soft:9", "src/test/resources/none.csv")).isEqualTo(1);
    }

    @Test
    void emptyNamesAreWrongUsage() {
        assertThat(run("transcribe", "--model", "", "a.wav")).isEqualTo(2);
        assertThat(errors()).contains("'--model'", "'' is no file name").doesNotContain("\tat ");
        assertThat(run("transcribe", "--model", "synth:paraformer-large", "a.wav", "")).isEqualTo(2);
        assertThat(errors()).contains("index 4: ''");
        assertThat(run("stages", "--model", "synth:paraformer-large", "--wav", "a.wav", "--out", "")).isEqualTo(2);
        assertThat(errors()).contains("'--out'");
        assertThat(run("memory", "--model", "synth:paraformer-large", "--seconds", "1", "--html", "")).isEqualTo(2);
        assertThat(run("plan", "")).isEqualTo(2);
        assertThat(run("replay", "")).isEqualTo(2);
    }

    @Test
    void anUnknownOptionIsToldBeforeWhatItLeavesMissing() {
        assertThat(run("transcribe", "--modle", "synth:paraformer-large", "a.wav")).isEqualTo(2);
        assertThat(errors()).contains("Unknown option: '--modle'").doesNotContain("Missing required");
        assertThat(run("stages", "--model", "synth:paraformer-large", "--wva", "a.wav")).isEqualTo(2);
        assertThat(errors()).contains("Unknown option", "'--wva'").doesNotContain("Missing required");
    }

    @Test
    void outputIsAskedForBeforeTheWork(@TempDir Path folder) throws IOException {
        String missing = folder.resolve("missing/file").toString();
        // The model is not there either, which nobody has looked at yet.
        assertThat(run("stages", "--model", "no/such/model", "--wav", "a.wav", "--out", missing)).isEqualTo(1);
        assertThat(run("memory", "--model", "no/such/model", "--seconds", "1", "--html", missing)).isEqualTo(1);
        assertThat(run("memory", "--model", "no/such/model", "--seconds", "1", "--html", folder.toString())).isEqualTo(1);
        assertThat(errors().lines()).containsExactly(
                "parasol: " + missing + " cannot be written: the folder " + folder.resolve("missing") + " does not exist",
                "parasol: " + missing + " cannot be written: the folder " + folder.resolve("missing") + " does not exist",
                "parasol: " + folder + " cannot be written: it is a folder, expected the name of a file");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void namesCannotMoveTheTerminal() {
        assertThat(run("plan", "a\n\u001b[2J\u0085b.csv")).isEqualTo(1);
        assertThat(errors()).hasLineCount(1).contains("a\\n\\u001b[2J\\u0085b.csv does not exist");
    }

    @Test
    void everyFileIsOneLineWhateverItsName(@TempDir Path folder) throws IOException {
        Path odd = Files.copy(Path.of("samples/audio/utt-00.wav"), folder.resolve("a\nb.wav"));
        PrintStream realOut = System.out;
        PrintStream realErr = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            assertThat(Main.run(new String[] {"transcribe", "--model", "samples/digits-tiny", "--device", "soft:0", odd.toString(),
                folder.resolve("c\nd.wav").toString()}, System.out, System.err)).isEqualTo(1);
        } finally {
            System.setOut(realOut);
            System.setErr(realErr);
        }
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).containsExactly(folder + "/a\\nb.wav: six");
        assertThat(errors().lines()).contains("parasol: " + folder + "/c\\nd.wav does not exist").noneMatch(line -> line.startsWith("d.wav"));
    }
}
