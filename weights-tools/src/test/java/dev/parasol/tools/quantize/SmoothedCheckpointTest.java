package dev.parasol.tools.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.DeviceSpec;
import dev.parasol.model.Precision;
import dev.parasol.tools.data.AudioChoice;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Bench;
import dev.parasol.tools.run.Variant;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SmoothedCheckpointTest {
    private static final Path SAMPLE = Path.of("../java/samples/digits-tiny");
    private static final int TOKENS = 1;

    private static List<float[]> outputs(Bench bench, ModelFolder folder, List<Speech> speech) {
        List<float[]> outputs = new ArrayList<>();
        try (Variant variant = bench.load(folder, LayerMask.ALL, Precision.FP32)) {
            variant.stages(speech, List.of("encoder_out", "log_probs"), stages -> {
                outputs.add(stages.stage(0, "encoder_out").floats());
                outputs.add(stages.stage(0, "log_probs").floats());
            });
        }
        return outputs;
    }

    @Test
    void foldingLeavesTheModelAsItIs() {
        ModelFolder folder = ModelFolder.open(SAMPLE.toString());
        List<Speech> speech = AudioChoice.read(Path.of("../java/samples/audio"), null).speech().subList(0, 1);
        SplittableRandom random = new SplittableRandom(17);
        Map<Linear, float[]> factors = new LinkedHashMap<>();
        for (Linear linear : Linear.of(folder)) {
            if (linear.ownNorm() != null) {
                float[] s = new float[linear.inputs()];
                for (int i = 0; i < s.length; i++) {
                    s[i] = (float) Math.pow(2, 4 * random.nextDouble() - 2);
                }
                factors.put(linear, s);
            }
        }
        // Every encoder layer's qkv and w_1, every decoder layer's w_1, w_2 and linear_q, and the last block's w_1 and w_2.
        assertThat(factors).hasSize(6 * 2 + 2 * 3 + 2);
        try (Bench bench = Bench.open(DeviceSpec.parse("soft:0"))) {
            List<float[]> before = outputs(bench, folder, speech);
            List<float[]> after = outputs(bench, folder.withWeights(checkpoint -> new SmoothedCheckpoint(checkpoint, factors)), speech);
            for (int i = 0; i < before.size(); i++) {
                assertThat(after.get(i)).hasSameSizeAs(before.get(i));
                double most = 0;
                for (int j = 0; j < before.get(i).length; j++) {
                    most = Math.max(most, Math.abs(after.get(i)[j] - before.get(i)[j]) / (1 + Math.abs(before.get(i)[j])));
                }
                assertThat(most).isLessThan(i == TOKENS ? 5e-5 : 1e-5);
            }
        }
    }

    @Test
    void largeChannelsGetSmaller() {
        float[] factors = SmoothQuant.factors(new float[] {16, 1, 0}, new float[] {1, 4, 1}, 0.5);
        assertThat(factors).containsExactly(4, 0.5f, 1);
    }
}
