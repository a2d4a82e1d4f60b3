package dev.parasol.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Every command as a user finds it. */
class MainTest {
    private static final Path SAMPLE = Path.of("../java/samples/digits-tiny");

    @TempDir
    Path folder;

    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(realOut);
        System.setErr(realErr);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private void fails(int code, String message, String... args) {
        err.reset();
        assertThat(Main.run(args)).as(errors()).isEqualTo(code);
        assertThat(errors()).contains(message).doesNotContain("\tat ");
        if (code == 1) {
            assertThat(errors().lines()).hasSize(1);
        }
    }

    @Test
    void helpIsWholeAndSilentOnStandardError() {
        new CommandLine(Main.class).getSubcommands().keySet().forEach(command -> {
            out.reset();
            assertThat(Main.run(command, "--help")).isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("Usage: parasol-weights " + command).doesNotContain("%n", "%%");
        });
        assertThat(errors()).isEmpty();
    }

    @Test
    void namesOfTensorsAreShownHarmless() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        try (Stream<Path> files = Files.list(SAMPLE)) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Path weights = model.resolve("model.safetensors");
        String text = Files.readString(weights, StandardCharsets.ISO_8859_1);
        // As many bytes in UTF-8: text from right to left.
        Files.writeString(weights, text.replaceFirst("encoder.encoders.1.", "enc\u00e2\u0080\u00aer.encoders.1."), StandardCharsets.ISO_8859_1);
        out.reset();
        assertThat(Main.run("inspect", model.toString())).as(errors()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("enc\\u202er.encoders.1.").doesNotContain("\u202e");
    }

    /** Cut in half, each file of a model is named by every command, and nothing is written. */
    @ParameterizedTest
    @ValueSource(strings = {"config.yaml", "am.mvn", "tokens.json", "model.safetensors"})
    void halfAFileIsNamed(String half) throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        try (Stream<Path> files = Files.list(SAMPLE)) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                boolean cut = file.endsWith(half);
                Files.write(model.resolve(file.getFileName()), cut ? java.util.Arrays.copyOf(bytes, bytes.length / 2) : bytes);
            }
        }
        Path scp = Files.writeString(folder.resolve("wav.scp"), "a " + Path.of("../java/samples/audio/utt-01.wav").toAbsolutePath() + "\n");
        Path text = Files.writeString(folder.resolve("text"), "a two three\n");
        String named = model.resolve(half).toString();
        String from = model.toString();
        fails(1, named, "inspect", from);
        fails(1, named, "convert", from, path("x"));
        fails(1, named, "quantize", from, path("x"));
        fails(1, named, "prune", from, path("x"), "--remove", "2", "--healing", "none");
        fails(1, named, "importance", "--model", from, "--data", scp.toString());
        fails(1, named, "memory", from);
        fails(1, named, "compare", SAMPLE.toString(), from, "--audio", scp.toString());
        fails(1, named, "study", "--model", from, "--data", scp.toString(), "--text", text.toString(), "--out", path("x"));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(model, scp, text);
        }
    }

    @Test
    void wrongNumbersAndFilesAreNamed() throws IOException {
        Path scp = Files.writeString(folder.resolve("wav.scp"), "a " + Path.of("../java/samples/audio/utt-01.wav").toAbsolutePath() + "\n");
        Path text = Files.writeString(folder.resolve("text"), "a two three\n");
        String sample = SAMPLE.toString();
        fails(2, "at least 0", "quantize", sample, path("x"), "--audio", scp.toString(), "--min-sqnr", "NaN");
        fails(2, "at least 0", "quantize", sample, path("x"), "--audio", scp.toString(), "--max-bytes", "-1");
        fails(1, "--count: expected at least 1", "prune", sample, path("x"), "--count", "0", "--data", scp.toString());
        fails(1, "text: a names two three, which does not exist, expected lines 'id file'", "prune", sample, path("x"), "--count", "1", "--data", text.toString());
        fails(1, "wav.scp is a file, expected a folder", "study", "--model", sample, "--data", scp.toString(), "--text", text.toString(), "--out", scp.toString());
        fails(1, path("no/x.json") + " cannot be written", "importance", "--model", sample, "--data", scp.toString(), "--json", path("no/x.json"));
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        fails(1, binary + " cannot be read: it is not UTF-8 text", "synth", path("x"), "--config", binary.toString());
        Path config = Files.writeString(folder.resolve("config.yaml"), "model: Other\n");
        fails(1, config + ": model is Other", "synth", path("x"), "--config", config.toString());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(scp, text, binary, config);
        }
    }
}
