package dev.parasol.tools.quantize;

import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.weights.Checkpoint;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * SmoothQuant (Xiao et al., ICML 2023, arXiv 2211.10438): an input channel that is large in activations and small in weights is made
 * smaller in the one and larger in the other by {@code s = max|X|^alpha / max|W|^(1 - alpha)}. The division goes into the norm in front,
 * its weight and its bias, the multiplication into the columns of the matrix, so that the model computes what it did. Applied where a norm
 * feeds one linear layer alone.
 */
public final class SmoothQuant {
    private SmoothQuant() {}

    /** Factors of the input channels by layer, of those layers that have a norm of their own. */
    public static Map<Linear, float[]> factors(Checkpoint checkpoint, Map<Linear, InputStatistics> inputs, double alpha) {
        Map<Linear, float[]> factors = new LinkedHashMap<>();
        inputs.forEach((linear, statistics) -> {
            if (linear.ownNorm() != null) {
                factors.put(linear, factors(statistics.channels(), columns(HostTensor.read(checkpoint, linear.weight())), alpha));
            }
        });
        return factors;
    }

    /** @param inputs largest magnitude of each input channel; @param weights of each column */
    static float[] factors(float[] inputs, float[] weights, double alpha) {
        float[] factors = new float[inputs.length];
        for (int c = 0; c < factors.length; c++) {
            double factor = Math.pow(inputs[c], alpha) / Math.pow(weights[c], 1 - alpha);
            // A channel that is nothing but zeros has no scale to share.
            factors[c] = inputs[c] > 0 && weights[c] > 0 ? (float) Math.min(Math.max(factor, 1e-3), 1e3) : 1;
        }
        return factors;
    }

    private static float[] columns(HostTensor matrix) {
        int cols = matrix.cols();
        float[] largest = new float[cols];
        for (int i = 0; i < matrix.values().length; i++) {
            largest[i % cols] = Math.max(largest[i % cols], Math.abs(matrix.values()[i]));
        }
        return largest;
    }
}
