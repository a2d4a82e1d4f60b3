package dev.parasol.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.ModelFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quantize} and {@code compare} from the outside. */
class QuantizeCommandTest {
    private static final String SAMPLE = "../java/samples/digits-tiny";
    private static final Path AUDIO = Path.of("../java/samples/audio").toAbsolutePath();

    @TempDir
    Path folder;

    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path scp;

    @BeforeEach
    void listRecordings() throws IOException {
        scp = Files.writeString(folder.resolve("wav.scp"), "a " + AUDIO.resolve("utt-01.wav") + "\n");
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

    private void fails(int code, String message, String... args) throws IOException {
        err.reset();
        assertThat(Main.run(args)).as(errors()).isEqualTo(code);
        assertThat(errors()).contains(message).doesNotContain("\tat ");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString())).allMatch(name -> name.matches("wav\\.scp|text|empty|full|there"));
        }
    }

    @Test
    void aQuantizedFolderSaysWhatItIsAndComparesWell() throws IOException {
        assertThat(Main.run("quantize", SAMPLE, path("q"), "--audio", scp.toString(), "--schemes", "int8-static", "--smooth", "0.5", "--device", "soft:0"))
                .as(errors()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("layers int8-static");
        ModelFolder quantized = ModelFolder.open(path("q"));
        assertThat(quantized.schemes(null).of("encoder.encoders.1.feed_forward.w_1")).isEqualTo(LinearScheme.INT8_STATIC);
        try (Checkpoint checkpoint = quantized.openCheckpoint()) {
            assertThat(checkpoint.metadata().get(ModelFolder.QUANTIZATION))
                    .contains("\"version\":1", "\"method\":\"mse\"", "\"recordings\":1", "\"sha256\":", "\"alpha\":0.5", "parasol-weights quantize");
        }
        Path text = Files.writeString(folder.resolve("text"), "a two three\n");
        Path json = folder.resolve("c.json");
        Path page = folder.resolve("c.html");
        assertThat(Main.run("compare", SAMPLE + "@fp32", path("q"), "--audio", scp.toString(), "--reference", text.toString(), "--json", json.toString(),
                "--html", page.toString(), "--png", path("c.png"), "--device", "soft:0")).as(errors()).isZero();
        assertThat(Files.readString(json)).contains("\"kl_nats\"", "\"sqnr_db\"", "\"more_errors\"", "\"percent\" : 0.0");
        assertThat(Files.readString(page)).contains("data:image/png;base64,").doesNotContain("http");
        assertThat(folder.resolve("c.png")).isNotEmptyFile();
    }

    @Test
    void badInputIsNamedAndNothingIsWritten() throws IOException {
        fails(2, "--audio", "quantize", SAMPLE, path("q"), "--schemes", "int8-static");
        fails(2, "--smooth", "quantize", SAMPLE, path("q"), "--audio", scp.toString(), "--smooth", "2");
        fails(2, "--reference", "quantize", SAMPLE, path("q"), "--audio", scp.toString(), "--error-budget", "1");
        fails(1, "int7", "quantize", SAMPLE, path("q"), "--schemes", "int7");
        fails(1, "does not exist", "quantize", SAMPLE, path("q"), "--audio", path("none.scp"));
        Files.createDirectory(folder.resolve("empty"));
        fails(1, "no recordings", "quantize", SAMPLE, path("q"), "--audio", path("empty"));
        fails(1, "exists already", "quantize", SAMPLE, path("empty"));
        fails(1, "no recordings", "compare", SAMPLE, SAMPLE, "--audio", path("empty"));
        Files.writeString(folder.resolve("text"), "b two three\n");
        fails(1, "no line for a", "compare", SAMPLE, SAMPLE, "--audio", scp.toString(), "--reference", path("text"), "--json", path("c.json"));
        fails(1, "cannot be written", "compare", SAMPLE, SAMPLE, "--audio", scp.toString(), "--html", path("nowhere/c.html"));
    }

    private String quantized(String name, String... options) {
        return quantizedOf(SAMPLE, name, options);
    }

    private String quantizedOf(String model, String name, String... options) {
        out.reset();
        List<String> args = new ArrayList<>(List.of("quantize", model, path(name), "--audio", scp.toString(), "--device", "soft:0"));
        args.addAll(List.of(options));
        assertThat(Main.run(args.toArray(String[]::new))).as(errors()).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void bytesAndNoiseAreKeptWithin() throws IOException {
        assertThat(quantized("noise", "--min-sqnr", "47")).contains("layers int8-dynamic", "layers int8-weights").containsPattern("layers? fp16");
        assertThat(quantized("bytes", "--max-bytes", "3000000", "--schemes", "int8-dynamic,fp16")).contains("layers fp16", "layers int8-dynamic");
        // The file itself, its header among it, and not much less: one layer of 128 KiB more would be too much.
        assertThat(Files.size(folder.resolve("bytes/model.safetensors"))).isBetween(3_000_000L - (128 << 10), 3_000_000L);
        err.reset();
        assertThat(Main.run("quantize", SAMPLE, path("never"), "--audio", scp.toString(), "--max-bytes", "1000000", "--device", "soft:0")).isEqualTo(1);
        assertThat(errors()).contains("expected a larger budget");
        assertThat(folder.resolve("never")).doesNotExist();
    }

    @Test
    void divergenceChoosesOtherLayersThanNoise() {
        // Every layer is a run of its own: a model of few.
        assertThat(Main.run("prune", SAMPLE, path("small"), "--remove", "2,3,4,5,d1", "--healing", "none", "--device", "soft:0")).as(errors()).isZero();
        String[] budget = {"--max-bytes", "1300000", "--schemes", "int8-static,fp16"};
        quantizedOf(path("small"), "noise", budget);
        assertThat(quantizedOf(path("small"), "divergence", budget[0], budget[1], budget[2], budget[3], "--damage", "divergence")).contains("layers int8-static", "layers fp16");
        assertThat(schemes("divergence")).isNotEqualTo(schemes("noise"));
    }

    private String schemes(String name) {
        return ModelFolder.open(path(name)).schemes(null).toString();
    }

    @Test
    void errorsAreKeptWithin() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "a two three\n");
        assertThat(quantized("e", "--error-budget", "0", "--reference", text.toString())).contains("errors: 0.00 % (0 of 2", "layers int8-dynamic");
    }

    @Test
    void whatIsQuantizedIsNotQuantizedAgain() throws IOException {
        assertThat(Main.run("quantize", SAMPLE, path("there"))).as(errors()).isZero();
        fails(1, "is quantized already", "quantize", path("there"), path("again"));
        fails(1, "is quantized already", "prune", path("there"), path("again"), "--remove", "2");
        fails(1, "convert makes it that", "prune", path("there"), path("again"), "--remove", "2");
        out.reset();
        assertThat(Main.run("inspect", path("there"))).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("-127", "bytes on the device", "encoder.encoders.1.feed_forward.w_1=int8-dynamic");
    }
}
