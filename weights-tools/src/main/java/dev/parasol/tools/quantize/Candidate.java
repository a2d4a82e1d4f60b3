package dev.parasol.tools.quantize;

import dev.parasol.weights.LinearScheme;
import java.util.Map;

/**
 * One layer and what each scheme that it may have would do to it.
 *
 * @param damage by scheme: {@link LinearNoise}, or the divergence of the model's output
 */
public record Candidate(Linear linear, Map<LinearScheme, Double> damage) {
    /** Bytes of the layer's matrix and scales. */
    public long bytes(LinearScheme scheme) {
        return linear.bytes(scheme.quantized() ? 1 : 2);
    }
}
