package dev.parasol.weights;

import java.util.ArrayList;
import java.util.List;

/**
 * A batch norm as inference has it: {@code y = x * scale + shift} for each channel, from the running mean and variance of training and,
 * where it has them, a weight and a bias.
 *
 * @param name prefix of its tensors' names
 */
record BatchNorm(String name, int channels, boolean affine) {
    /** PyTorch's. */
    private static final double EPSILON = 1e-5;

    /** The tensors that it is made of, behind {@code first} unless that is null. */
    List<WeightSpec> with(WeightSpec first) {
        List<WeightSpec> specs = new ArrayList<>();
        if (first != null) {
            specs.add(first);
        }
        for (String part : affine ? List.of("weight", "bias", "running_mean", "running_var") : List.of("running_mean", "running_var")) {
            specs.add(SpeakerTensors.vectorSpec(name + "." + part, channels));
        }
        return specs;
    }

    double[] scale(Checkpoint checkpoint) {
        float[] variance = HostTensors.floats(checkpoint, name + ".running_var");
        float[] weight = affine ? HostTensors.floats(checkpoint, name + ".weight") : null;
        double[] scale = new double[channels];
        for (int c = 0; c < channels; c++) {
            scale[c] = (affine ? weight[c] : 1) / Math.sqrt(variance[c] + EPSILON);
        }
        return scale;
    }

    float[] shift(Checkpoint checkpoint) {
        double[] scale = scale(checkpoint);
        float[] mean = HostTensors.floats(checkpoint, name + ".running_mean");
        float[] bias = affine ? HostTensors.floats(checkpoint, name + ".bias") : null;
        float[] shift = new float[channels];
        for (int c = 0; c < channels; c++) {
            shift[c] = (float) ((affine ? bias[c] : 0) - mean[c] * scale[c]);
        }
        return shift;
    }
}
