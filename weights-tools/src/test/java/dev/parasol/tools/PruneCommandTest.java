package dev.parasol.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.DeviceSpec;
import dev.parasol.model.Precision;
import dev.parasol.tools.data.TestSet;
import dev.parasol.tools.data.TestSets;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.Variant;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PruneCommandTest {
    private static final Path SAMPLE = Path.of("../java/samples/digits-tiny");

    @TempDir
    Path folder;

    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path scp;
    private Path text;

    @BeforeEach
    void listRecordings() throws IOException {
        scp = Files.writeString(folder.resolve("wav.scp"), "a " + Path.of("../java/samples/audio/utt-01.wav").toAbsolutePath() + "\nb "
                + Path.of("../java/samples/audio/utt-04.wav").toAbsolutePath() + "\n");
        text = Files.writeString(folder.resolve("text"), "a two three\nb zero nine seven six eight\n");
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

    private int run(String... args) {
        return Main.run(args);
    }

    @Test
    void aPrunedFolderIsTheMaskedModel() throws IOException {
        Path pruned = folder.resolve("pruned");
        assertThat(run("prune", SAMPLE.toString(), pruned.toString(), "--remove", "2,4,d0", "--healing", "none", "--format", "pt", "--device", "soft:0"))
                .as(errors()).isZero();
        ModelFolder whole = ModelFolder.open(SAMPLE.toString());
        ModelFolder smaller = ModelFolder.open(pruned.toString());
        assertThat(smaller.config().encoder().numBlocks()).isEqualTo(4);
        assertThat(smaller.config().decoder().numBlocks()).isEqualTo(1);
        assertThat(Files.readString(pruned.resolve("pruning.json"))).contains("\"removed_layers\":[\"2\",\"4\",\"d0\"]");
        TestSet set = TestSets.read("x", scp, text);
        try (Bench bench = Bench.open(DeviceSpec.parse("soft:0"))) {
            List<String> masked;
            try (Variant variant = bench.load(whole, LayerMask.parse("0,1,3,5,d1"), Precision.FP32)) {
                masked = variant.texts(set.speech());
            }
            try (Variant variant = bench.load(smaller, LayerMask.ALL, Precision.FP32)) {
                assertThat(variant.texts(set.speech())).isEqualTo(masked);
            }
        }
    }

    @Test
    void whatIsMissingForHealingIsTold() {
        Path pruned = folder.resolve("pruned");
        assertThat(run("prune", SAMPLE.toString(), pruned.toString(), "--remove", "3", "--device", "soft:0")).isEqualTo(1);
        assertThat(errors()).contains("--healing ridge needs recordings, expected --calibration or --data; --healing none goes without").doesNotContain("\tat ");
        assertThat(run("prune", SAMPLE.toString(), pruned.toString(), "--remove", "d7", "--healing", "none", "--device", "soft:0")).isEqualTo(1);
        assertThat(errors()).contains("there is no layer d7, the model has d0 to d1");
        assertThat(pruned).doesNotExist();
    }

    @Test
    void healedAndNarrowedFoldersHear() throws IOException {
        Path pruned = folder.resolve("pruned");
        assertThat(run("prune", SAMPLE.toString(), pruned.toString(), "--count", "1", "--ffn-units", "64", "--silence-heads", "1", "--data", scp.toString(),
                "--text", text.toString(), "--device", "soft:0")).as(errors()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("takes over from", "silenced heads", "errors, clean: 0.00 % (0 of 7", "removed layers: ");
        ModelFolder smaller = ModelFolder.open(pruned.toString());
        assertThat(smaller.config().encoder().linearUnits()).isEqualTo(64);
        try (Checkpoint checkpoint = smaller.openCheckpoint(); Checkpoint whole = ModelFolder.open(SAMPLE.toString()).openCheckpoint()) {
            String name = new Layer(false, 0).prefix() + "feed_forward.w_2.weight";
            assertThat(checkpoint.info(name).shape()).containsExactly(128, 64);
            assertThat(checkpoint.info(name).type()).isEqualTo(whole.info(name).type());
            assertThat(checkpoint.metadata().get("parasol.pruning")).contains("\"healing\":\"ridge\"");
        }
    }

    @Test
    void sparseWeightsAreMended() throws IOException {
        Path pruned = folder.resolve("pruned");
        assertThat(run("prune", SAMPLE.toString(), pruned.toString(), "--remove", "3", "--sparse-2-4", "--healing", "bias", "--data", scp.toString(), "--device", "soft:0")).as(errors())
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("takes over from", "removed layers: 3");
        try (Checkpoint checkpoint = ModelFolder.open(pruned.toString()).openCheckpoint(); Checkpoint whole = ModelFolder.open(SAMPLE.toString()).openCheckpoint()) {
            String name = new Layer(false, 1).prefix() + "feed_forward.w_2.";
            float[] weights = HostTensors.floats(checkpoint, name + "weight");
            for (int at = 0; at < weights.length; at += 4) {
                assertThat(IntStream.range(at, at + 4).filter(i -> weights[i] != 0).count()).isLessThanOrEqualTo(2);
            }
            assertThat(HostTensors.floats(checkpoint, name + "bias")).isNotEqualTo(HostTensors.floats(whole, name + "bias"));
        }
    }

    @Test
    void badInputIsAMessageAndLeavesNothing() throws IOException {
        String target = folder.resolve("x").toString();
        assertThat(run("prune", SAMPLE.toString(), target)).isEqualTo(1);
        assertThat(run("prune", SAMPLE.toString(), target, "--remove", "0", "--healing", "none")).isEqualTo(1);
        assertThat(run("prune", SAMPLE.toString(), target, "--remove", "99", "--healing", "none")).isEqualTo(1);
        assertThat(run("prune", SAMPLE.toString(), target, "--remove", "d0,d1", "--healing", "none")).isEqualTo(1);
        assertThat(run("prune", SAMPLE.toString(), target, "--count", "1")).isEqualTo(1);
        assertThat(run("prune", SAMPLE.toString(), target, "--ffn-units", "512", "--data", scp.toString())).isEqualTo(1);
        assertThat(run("prune", SAMPLE.toString(), folder.toString(), "--remove", "2")).isEqualTo(1);
        assertThat(run("prune", SAMPLE.toString(), target, "--sparse-2-4", "--ffn-units", "400", "--data", scp.toString())).isEqualTo(1);
        assertThat(run("study", "--model", SAMPLE.toString(), "--data", scp.toString(), "--text", text.toString(), "--out", target, "--reductions", "ffn-x")).isEqualTo(1);
        assertThat(errors().lines()).hasSize(9).allMatch(line -> line.startsWith("parasol-weights: "));
        assertThat(run("prune", SAMPLE.toString(), target, "--count", "1", "--remove", "2")).isEqualTo(2);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(scp, text);
        }
    }

    @Test
    void importanceIsATableAndJson() throws IOException {
        Path json = folder.resolve("scores.json");
        assertThat(run("importance", "--model", SAMPLE.toString(), "--data", scp.toString(), "--json", json.toString(), "--device", "soft:0")).as(errors()).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("block-influence", "taylor", "\nd1 ");
        assertThat(Files.readString(json)).contains("\"angular\"", "\"5\"", "\"d0\"");
    }

    @Test
    void aStudyIsResumed() throws IOException {
        Path results = folder.resolve("results");
        String[] args = {"study", "--model", SAMPLE.toString(), "--data", scp.toString(), "--text", text.toString(), "--harder", "noise-10", "--counts", "2",
            "--metrics", "block_influence,angular", "--seeds", "2", "--healing", "ridge", "--reductions", "ffn-64", "--out", results.toString(), "--device", "soft:0"};
        assertThat(run(args)).as(errors()).isZero();
        String csv = Files.readString(results.resolve("pruning.csv"));
        long journal = Files.size(results.resolve("journal.jsonl"));
        // Two metrics and two seeds, two counts, two sets and both together.
        assertThat(csv.lines()).hasSize(1 + 4 * 2 * 3);
        assertThat(results.resolve("pruning-all-ridge.png")).isNotEmptyFile();
        assertThat(Files.readString(results.resolve("pruning.html"))).contains("data:image/png;base64,", "random 2, healing ridge", "ffn-64").doesNotContain("http");
        // Two ways to mend channels, two sets and both together.
        assertThat(Files.readString(results.resolve("reductions.csv")).lines()).hasSize(1 + 2 * 3);
        assertThat(run(args)).isZero();
        assertThat(Files.readString(results.resolve("pruning.csv"))).isEqualTo(csv);
        assertThat(Files.size(results.resolve("journal.jsonl"))).isEqualTo(journal);
        args[6] = text.toString();
        args[4] = scp.toString();
        args[8] = "noise-5";
        assertThat(run(args)).isEqualTo(1);
        assertThat(errors()).contains("another study");
    }
}
