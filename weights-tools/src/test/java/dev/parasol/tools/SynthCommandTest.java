package dev.parasol.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.DeviceSpec;
import dev.parasol.model.Precision;
import dev.parasol.tools.data.HarderSets;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.data.TestSet;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Variant;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SynthCommandTest {
    @TempDir
    Path folder;

    @Test
    void aRandomModelIsReadAndFires() throws IOException {
        Path config = Files.copy(Path.of("../java/samples/digits-tiny/config.yaml"), folder.resolve("config.yaml"));
        Path model = folder.resolve("model");
        assertThat(Main.run("synth", model.toString(), "--config", config.toString(), "--vocabulary", "50", "--seed", "3")).isZero();
        ModelFolder read = ModelFolder.open(model.toString());
        assertThat(read.vocabulary().size()).isEqualTo(50);
        assertThat(read.cmvn().size()).isEqualTo(560);
        try (Checkpoint checkpoint = read.openCheckpoint()) {
            assertThat(checkpoint.source()).endsWith("model.pt");
            assertThat(checkpoint.info("decoder.embed.0.weight").shape()).containsExactly(50, 128);
        }
        // Ten seconds of noise
        TestSet noise = new HarderSets(new TestSet("x", List.of(new Speech("a", impulse(), null))), 1).make("noise-0");
        try (Bench bench = Bench.open(DeviceSpec.parse("soft:0")); Variant variant = bench.load(read, LayerMask.ALL, Precision.FP32)) {
            assertThat(variant.model().run(List.of(noise.speech().get(0).samples()), null).get(0).length).isBetween(30, 75);
        }
    }

    private static float[] impulse() {
        float[] samples = new float[160_000];
        samples[80_000] = 1;
        return samples;
    }

    @Test
    void badInputLeavesNothing() throws IOException {
        Path config = Files.writeString(folder.resolve("config.yaml"), "model: Other\n");
        assertThat(Main.run("synth", folder.resolve("x").toString(), "--config", config.toString())).isEqualTo(1);
        assertThat(Main.run("synth", folder.resolve("x").toString(), "--config", folder.resolve("none").toString())).isEqualTo(1);
        assertThat(Main.run("synth", folder.resolve("x").toString(), "--vocabulary", "2")).isEqualTo(2);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(config);
        }
    }
}
