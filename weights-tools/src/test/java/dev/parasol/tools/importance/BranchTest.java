package dev.parasol.tools.importance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.parasol.cuda.DeviceSpec;
import dev.parasol.model.Precision;
import dev.parasol.tools.data.TestSet;
import dev.parasol.tools.data.TestSets;
import dev.parasol.tools.run.Activations;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Layer;
import dev.parasol.tools.run.Variant;
import dev.parasol.tools.tensors.EditedCheckpoint;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BranchTest {
    private static final List<String> STAGES = List.of("encoder_out", "decoder.decoders3.0.out");

    @TempDir
    Path temporary;

    @Test
    void aBranchOfFactorZeroIsALayerRemoved() throws IOException {
        ModelFolder folder = ModelFolder.open("../java/samples/digits-tiny");
        Path scp = Files.writeString(temporary.resolve("wav.scp"), "a " + Path.of("../java/samples/audio/utt-01.wav").toAbsolutePath() + "\n");
        TestSet set = TestSets.read("one", scp, null);
        try (Bench bench = Bench.open(DeviceSpec.parse("soft:0"))) {
            for (Layer layer : List.of(new Layer(false, 2), new Layer(true, 1))) {
                List<Activations> scaled;
                Map<String, HostTensor> off;
                try (Checkpoint checkpoint = folder.openCheckpoint()) {
                    off = Branch.scaled(checkpoint, folder.config(), layer, 0);
                }
                try (Variant variant = bench.load(folder.withWeights(EditedCheckpoint.replacing(off)), LayerMask.ALL, Precision.FP32)) {
                    scaled = Activations.capture(variant, set.speech(), STAGES);
                }
                try (Variant variant = bench.load(folder, Layer.without(folder.config(), List.of(layer)), Precision.FP32)) {
                    List<Activations> removed = Activations.capture(variant, set.speech(), STAGES);
                    for (int i = 0; i < STAGES.size(); i++) {
                        assertThat(scaled.get(i).values()).as(layer + " " + STAGES.get(i)).containsExactly(removed.get(i).values(), within(1e-5f));
                    }
                }
            }
        }
    }
}
