package dev.parasol.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.DataType;
import dev.parasol.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelTensorsTest {
    private static final ModelConfig LARGE = ModelFolder.open("synth:paraformer-large").config();

    @Test
    void namesAndShapesOfParaformerLargeAreFunAsrs() throws IOException {
        Path table = Shared.path("spec/paraformer-large-state_dict.tsv");
        Map<String, String> expected = new HashMap<>();
        for (String line : Files.readAllLines(table)) {
            String[] fields = line.split("\t");
            expected.put(fields[0], fields[1]);
        }
        expected.remove("name");
        assertThat(expected).hasSize(956);
        // the token embedding serves training only
        assertThat(expected.remove("decoder.embed.0.weight")).isEqualTo("8404x512");
        Map<String, String> actual = new HashMap<>();
        ModelTensors.required(LARGE, 8404, DataType.F16).forEach(spec -> actual.put(spec.name(), TensorInfo.text(spec.shape())));
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void sizesOfParaformerLarge() {
        List<WeightSpec> half = ModelTensors.required(LARGE, 8404, DataType.F16);
        assertThat(half.stream().mapToLong(spec -> TensorInfo.count(spec.shape())).sum()).isEqualTo(215_781_685);
        // 863 MB less nothing: only vectors and filters stay fp32, and one layer of 560 columns is padded to 576
        assertThat(DeviceWeights.bytes(ModelTensors.required(LARGE, 8404, DataType.F32), List.of())).isBetween(863_126_740L, 863_600_000L);
        assertThat(DeviceWeights.bytes(half, List.of())).isBetween(431_563_370L, 435_500_000L);
        assertThat(DeviceWeights.stagingBytes(half, List.of(), false)).isEqualTo(16 << 20);
        assertThat(DeviceWeights.stagingBytes(half, List.of(), true)).isEqualTo(8404L * 512 * 4);
    }

    @Test
    void comesInTheOrderOfTheForwardPass() {
        List<String> names = ModelTensors.required(LARGE, 8404, DataType.F16).stream().map(WeightSpec::name).toList();
        assertThat(names).doesNotHaveDuplicates().containsSubsequence("encoder.encoders0.0.norm1.weight", "encoder.encoders.0.norm1.weight",
                "encoder.encoders.48.feed_forward.w_2.bias", "encoder.after_norm.weight", "predictor.cif_conv1d.weight", "predictor.cif_output.bias",
                "decoder.decoders.0.norm1.weight", "decoder.decoders.15.src_attn.linear_out.bias", "decoder.decoders3.0.norm1.weight",
                "decoder.after_norm.bias", "decoder.output_layer.weight", "decoder.output_layer.bias");
    }

    @Test
    void theSharedModelsHaveWhatTheirConfigurationsImply() {
        for (String name : new String[] {"digits-tiny", "digits-deep", "digits-seaco", "sanm512"}) {
            ModelFolder model = ModelFolder.open(Shared.path("models/" + name).toString());
            try (Checkpoint checkpoint = model.openCheckpoint()) {
                List<String> notices = WeightCheck.check(checkpoint, ModelTensors.required(model.config(), model.vocabulary().size(), DataType.F32), tensor -> false);
                if (name.equals("digits-seaco")) {
                    assertThat(notices).singleElement().asString().startsWith("skipped: ").contains("predictor.blstm.* (8 tensors, 1.1 MB)", "seaco_decoder.*", "bias_encoder.*");
                } else {
                    assertThat(notices).isEmpty();
                }
            }
        }
    }

    @Test
    void paddingAndRows() {
        WeightSpec conv = new WeightSpec("c", new long[] {5, 7, 3}, Packing.CONV, DataType.F16);
        assertThat(new int[] {conv.rows(), conv.cols(), conv.stride()}).containsExactly(5, 21, 64);
        assertThat(conv.bytes()).isEqualTo(5 * 64 * 2);
        WeightSpec filter = new WeightSpec("f", new long[] {12, 1, 11}, Packing.DEPTHWISE, DataType.F32);
        assertThat(new int[] {filter.rows(), filter.cols(), filter.stride()}).containsExactly(11, 12, 12);
    }
}
