package dev.parasol.tools.quantize;

import dev.parasol.model.StageRecorder;
import dev.parasol.weights.KeptLayers;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.WeightSpec;
import java.util.List;

/**
 * A linear layer that can be quantized.
 *
 * @param name as in the checkpoint, without {@code .weight}
 * @param outputs rows of its matrix
 * @param inputs columns of its matrix
 */
public record Linear(String name, int outputs, int inputs) {
    private static final String WEIGHT = ".weight";

    /** Those of a model, in the order of the forward pass. */
    public static List<Linear> of(ModelFolder folder) {
        KeptLayers layers = folder.keptLayers(LayerMask.ALL);
        List<String> names = ModelTensors.linears(folder.config());
        return ModelTensors.required(folder.config(), layers, 1, dev.parasol.cuda.DataType.F32).stream()
                .filter(spec -> spec.name().endsWith(WEIGHT) && names.contains(stem(spec)))
                .map(spec -> new Linear(stem(spec), spec.rows(), spec.cols()))
                .toList();
    }

    private static String stem(WeightSpec spec) {
        return spec.name().substring(0, spec.name().length() - WEIGHT.length());
    }

    /** Its matrix in the checkpoint. */
    public String weight() {
        return name + WEIGHT;
    }

    /** The stage that goes into it. */
    public String input() {
        return name + StageRecorder.INPUT;
    }

    /** Bytes of its matrix where an element has so many, and in int8 of its channels' scales. */
    public long bytes(int elementBytes) {
        return (long) outputs * inputs * elementBytes + (elementBytes == 1 ? (long) outputs * Float.BYTES : 0);
    }

    /**
     * The layer norm whose output goes into this layer and nowhere else, so that a factor of one goes into the other; null where there is
     * none. {@code encoder.after_norm} feeds CIF and every {@code linear_k_v}, and is none.
     */
    public String ownNorm() {
        boolean encoder = name.startsWith("encoder.");
        if (name.endsWith("self_attn.linear_q_k_v")) {
            return layer() + "norm1";
        }
        if (name.endsWith("feed_forward.w_1")) {
            return layer() + (encoder ? "norm2" : "norm1");
        }
        if (name.endsWith("feed_forward.w_2") && !encoder) {
            return layer() + "feed_forward.norm";
        }
        return name.endsWith("src_attn.linear_q") ? layer() + "norm3" : null;
    }

    /** Whether a layer norm's output goes in: then a dynamic scale is a row's, else one of a row's 128 columns. */
    public boolean normed() {
        return ownNorm() != null || name.endsWith("src_attn.linear_k_v");
    }

    private String layer() {
        int module = name.lastIndexOf('.', name.lastIndexOf('.') - 1);
        return name.substring(0, module + 1);
    }
}
