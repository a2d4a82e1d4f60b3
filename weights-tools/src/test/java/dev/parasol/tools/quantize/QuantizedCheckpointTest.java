package dev.parasol.tools.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.cuda.DataType;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.TensorInfo;
import dev.parasol.weights.WeightSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantizedCheckpointTest {
    private static final ModelFolder FOLDER = ModelFolder.open("../java/samples/digits-tiny");

    @Test
    void everyNumberIsWithinHalfAStepInAnyPieces() {
        Linear first = Linear.of(FOLDER).get(0);
        Linear second = Linear.of(FOLDER).get(1);
        Map<Linear, LinearScheme> schemes = new LinkedHashMap<>();
        schemes.put(first, LinearScheme.INT8_STATIC);
        schemes.put(second, LinearScheme.INT8_WEIGHTS);
        schemes.put(Linear.of(FOLDER).get(2), LinearScheme.FP16);
        List<WeightSpec> required = ModelTensors.required(FOLDER.config(), FOLDER.keptLayers(LayerMask.ALL), FOLDER.vocabulary().size(), DataType.F16);
        try (Checkpoint source = FOLDER.openCheckpoint();
                QuantizedCheckpoint quantized = new QuantizedCheckpoint(FOLDER.openCheckpoint(), required, schemes, Map.of(first, 0.25f), "{}")) {
            for (Linear linear : List.of(first, second)) {
                float[] exact = HostTensor.read(source, linear.weight()).values();
                float[] scales = HostTensor.read(quantized, linear.name() + ModelTensors.WEIGHT_SCALE).values();
                byte[] levels = inPieces(quantized, linear.weight(), 1000);
                for (int i = 0; i < exact.length; i++) {
                    float scale = scales[i / linear.inputs()];
                    assertThat(Math.abs(levels[i] * scale - exact[i])).isLessThanOrEqualTo(scale * 0.5001f);
                }
                for (int row = 0; row < linear.outputs(); row++) {
                    int largest = 0;
                    for (int c = 0; c < linear.inputs(); c++) {
                        largest = Math.max(largest, Math.abs(levels[row * linear.inputs() + c]));
                    }
                    assertThat(largest).as("row %d", row).isEqualTo(127);
                }
            }
            assertThat(HostTensor.read(quantized, first.name() + ModelTensors.INPUT_SCALE).values()).containsExactly(0.25f);
            assertThat(quantized.names()).doesNotContain(second.name() + ModelTensors.INPUT_SCALE);
            assertThat(quantized.info(Linear.of(FOLDER).get(2).weight()).type()).isEqualTo(DataType.F16);
            assertThat(quantized.info("encoder.after_norm.weight").type()).isEqualTo(DataType.F32);
            assertThat(quantized.bytes()).isEqualTo(quantized.names().stream().map(quantized::info).mapToLong(TensorInfo::bytes).sum());
        }
    }

    private static byte[] inPieces(Checkpoint checkpoint, String name, int piece) {
        byte[] all = new byte[(int) checkpoint.info(name).count()];
        for (int from = 0; from < all.length; from += piece) {
            checkpoint.read(name, from, ByteBuffer.wrap(all, from, Math.min(piece, all.length - from)).slice().order(ByteOrder.LITTLE_ENDIAN));
        }
        return all;
    }
}
