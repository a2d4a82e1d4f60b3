package dev.parasol.model;

import dev.parasol.kernels.Quantized;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What a linear layer multiplies with its weights, in the form that its scheme asks for: floating point, or int8 with scales.
 *
 * @param values  the matrix
 * @param scaling how many scales there are; null for floating point
 * @param scales  where they are computed; null where there are none or where they are a weight
 * @param scale   the name of the calibrated scale among the weights, or null
 */
record Factor(PlannedBuffer values, Quantized.Scaling scaling, PlannedBuffer scales, String scale) {
    static Factor floating(PlannedBuffer values) {
        return new Factor(values, null, null, null);
    }

    boolean quantized() {
        return scaling != null;
    }

    /** The buffers that whoever reads or writes it touches. */
    Stream<PlannedBuffer> buffers() {
        return Stream.of(values, scales).filter(Objects::nonNull);
    }

    Quantized on(Execution execution) {
        return new Quantized(execution.matrix(values), scales == null ? execution.weights().vector(scale) : execution.address(scales), scaling);
    }
}
