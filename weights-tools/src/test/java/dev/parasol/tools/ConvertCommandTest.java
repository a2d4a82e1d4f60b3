package dev.parasol.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.DataType;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.Checkpoints;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
    private static final Path SAMPLE = Path.of("../java/samples/digits-tiny");

    @TempDir
    Path folder;

    private final PrintStream realErr = System.err;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void listen() {
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void giveBack() {
        System.setErr(realErr);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void halvesBecomeFloatsAndHalvesAgain() throws IOException {
        assertThat(Main.run("convert", SAMPLE.toString(), folder.resolve("fp32").toString())).as(errors()).isZero();
        assertThat(Main.run("convert", "--precision", "fp16", folder.resolve("fp32").toString(), folder.resolve("fp16").toString())).isZero();
        assertThat(Files.mismatch(folder.resolve("fp32/config.yaml"), SAMPLE.resolve("config.yaml"))).isEqualTo(-1);
        try (Checkpoint original = Checkpoints.open(SAMPLE.resolve("model.safetensors"));
                Checkpoint wide = Checkpoints.open(folder.resolve("fp32/model.safetensors"));
                Checkpoint narrow = Checkpoints.open(folder.resolve("fp16/model.safetensors"))) {
            assertThat(narrow.names()).containsExactlyElementsOf(original.names());
            for (String name : original.names()) {
                assertThat(wide.info(name).type()).isEqualTo(DataType.F32);
                assertThat(narrow.info(name)).isEqualTo(original.info(name));
                assertThat(bytes(narrow, name)).as(name).isEqualTo(bytes(original, name));
            }
        }
    }

    @Test
    void whatIsQuantizedBecomesAnOrdinaryFolder() throws IOException {
        assertThat(Main.run("quantize", SAMPLE.toString(), folder.resolve("int8").toString())).as(errors()).isZero();
        assertThat(Main.run("convert", folder.resolve("int8").toString(), folder.resolve("fp32").toString(), "--format", "pt")).as(errors()).isZero();
        ModelFolder plain = ModelFolder.open(folder.resolve("fp32").toString());
        assertThat(plain.schemes(null).stored()).isFalse();
        String name = "encoder.encoders.1.feed_forward.w_1.weight";
        try (Checkpoint original = Checkpoints.open(SAMPLE.resolve("model.safetensors")); Checkpoint found = plain.openCheckpoint()) {
            float[] exact = HostTensors.floats(original, name);
            float[] rounded = HostTensors.floats(found, name);
            double largest = 0;
            double error = 0;
            for (int i = 0; i < exact.length; i++) {
                largest = Math.max(largest, Math.abs(exact[i]));
                error = Math.max(error, Math.abs(exact[i] - rounded[i]));
            }
            assertThat(error).isPositive().isLessThan(largest / 250);
        }
        // It is as good a model as any: it can be quantized again, to the same.
        assertThat(Main.run("quantize", folder.resolve("fp32").toString(), folder.resolve("again").toString())).as(errors()).isZero();
        try (Checkpoint first = Checkpoints.open(folder.resolve("int8/model.safetensors")); Checkpoint again = Checkpoints.open(folder.resolve("again/model.safetensors"))) {
            assertThat(bytes(again, name)).isEqualTo(bytes(first, name));
        }
    }

    private static ByteBuffer bytes(Checkpoint checkpoint, String name) {
        ByteBuffer bytes = ByteBuffer.allocate((int) checkpoint.info(name).bytes()).order(ByteOrder.LITTLE_ENDIAN);
        checkpoint.read(name, bytes);
        return bytes.flip();
    }

    @Test
    void aNumberThatHalfPrecisionCannotHoldIsNamedAndNothingIsLeft() throws IOException {
        Path model = Files.createDirectory(folder.resolve("large"));
        for (String name : new String[] {"config.yaml", "am.mvn", "tokens.json"}) {
            Files.copy(SAMPLE.resolve(name), model.resolve(name));
        }
        new SafetensorsWriter().add("w", new long[] {2}, new float[] {1, 70000}).write(model.resolve("model.safetensors"));
        assertThat(Main.run("convert", "--precision", "fp16", model.toString(), folder.resolve("out").toString())).isEqualTo(1);
        assertThat(errors()).contains("w holds 70000").contains("65504").doesNotContain("\tat ");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(model);
        }
    }

    @Test
    void badInputIsOneLine() throws IOException {
        assertThat(Main.run("convert", folder.resolve("none").toString(), folder.resolve("out").toString())).isEqualTo(1);
        assertThat(Main.run("convert", SAMPLE.toString(), folder.toString())).isEqualTo(1);
        assertThat(Main.run("convert", SAMPLE.toString(), folder.resolve("no/such/out").toString())).isEqualTo(1);
        assertThat(errors().lines()).hasSize(3).allMatch(line -> line.startsWith("parasol-weights: "));
    }

    @Test
    void inspectNamesEveryTensor() {
        PrintStream realOut = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            assertThat(Main.run("inspect", SAMPLE.toString())).as(errors()).isZero();
        } finally {
            System.setOut(realOut);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("predictor.cif_output.weight", "decoder.output_layer.bias", "14 tokens", "parameters");
    }
}
