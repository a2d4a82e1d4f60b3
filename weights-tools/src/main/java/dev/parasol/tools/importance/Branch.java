package dev.parasol.tools.importance;

import dev.parasol.tools.run.Layer;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A layer whose branch, which is all that it adds to the residual stream, is multiplied by a factor, by a change of weights alone: 1
 * leaves the layer as it is, 0 removes it.
 *
 * <p>The projections that end in the stream are multiplied, with their biases. FSMN memory adds its input, so that of {@code w * v + v}
 * the filter becomes {@code f w + (f - 1)} at the tap of the row itself and {@code f w} elsewhere.
 */
public final class Branch {
    private Branch() {}

    /** The tensors to replace, by name. */
    public static Map<String, HostTensor> scaled(Checkpoint checkpoint, ModelConfig config, Layer layer, double factor) {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        String prefix = layer.prefix();
        String attention = prefix + (layer.decoder() ? "src_attn" : "self_attn") + ".linear_out";
        scale(tensors, checkpoint, attention + ".weight", factor);
        scale(tensors, checkpoint, attention + ".bias", factor);
        if (!layer.decoder()) {
            scale(tensors, checkpoint, prefix + "feed_forward.w_2.weight", factor);
            scale(tensors, checkpoint, prefix + "feed_forward.w_2.bias", factor);
        }
        HostTensor filter = scale(tensors, checkpoint, prefix + "self_attn.fsmn_block.weight", factor);
        int self = layer.decoder() ? config.decoder().fsmnLeft() : config.encoder().fsmnLeft();
        for (int at = self; at < filter.values().length; at += filter.cols()) {
            filter.values()[at] += (float) (factor - 1);
        }
        return tensors;
    }

    private static HostTensor scale(Map<String, HostTensor> tensors, Checkpoint checkpoint, String name, double factor) {
        HostTensor tensor = HostTensor.read(checkpoint, name);
        for (int i = 0; i < tensor.values().length; i++) {
            tensor.values()[i] *= (float) factor;
        }
        tensors.put(name, tensor);
        return tensor;
    }
}
