package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import java.util.ArrayList;
import java.util.List;

/** The tensors of an FSMN-VAD, by FunASR's names, in the order of the forward pass. All are fp32: together they take less than 2 MB. */
public final class VadTensors {
    private final List<WeightSpec> specs = new ArrayList<>();

    private VadTensors() {}

    /** The weights of {@code config} on the device. */
    public static List<WeightSpec> required(VadConfig config) {
        VadTensors tensors = new VadTensors();
        tensors.affine("encoder.in_linear1", config.inputAffine(), config.frontend().featureSize());
        tensors.affine("encoder.in_linear2", config.width(), config.inputAffine());
        for (int layer = 0; layer < config.layers(); layer++) {
            tensors.matrix(layer(layer) + "linear.linear.weight", config.projection(), config.width());
            tensors.specs.add(new WeightSpec(memory(layer), new long[] {config.projection(), 1, config.taps(), 1}, Packing.DEPTHWISE, DataType.F32));
            tensors.affine(layer(layer) + "affine", config.width(), config.projection());
        }
        tensors.affine("encoder.out_linear1", config.outputAffine(), config.width());
        tensors.affine("encoder.out_linear2", config.classes(), config.outputAffine());
        return List.copyOf(tensors.specs);
    }

    /** Prefix of the names of a layer's tensors: {@code encoder.fsmn.0.} … */
    public static String layer(int layer) {
        return "encoder.fsmn." + layer + ".";
    }

    /** The name of a layer's memory. */
    public static String memory(int layer) {
        return layer(layer) + "fsmn_block.conv_left.weight";
    }

    private void affine(String name, long n, long k) {
        matrix(name + ".linear.weight", n, k);
        specs.add(new WeightSpec(name + ".linear.bias", new long[] {n}, Packing.VECTOR, DataType.F32));
    }

    private void matrix(String name, long n, long k) {
        specs.add(new WeightSpec(name, new long[] {n, k}, Packing.MATRIX, DataType.F32));
    }
}
