package dev.parasol.weights;

import dev.parasol.files.Shown;
import dev.parasol.weights.Pickle.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the tensors in what a training framework saved: nested under one of the usual keys, names possibly prefixed. */
final class StateDict {
    private static final List<String> NESTING = List.of("state_dict", "model_state_dict", "model");
    private static final String PREFIX = "module.";

    private StateDict() {}

    /** The tensors by name, in their order in {@code root}; what else is in there is left aside. */
    static Map<String, Tensor> tensors(String source, Object root) {
        if (!(root instanceof Map<?, ?> top)) {
            throw new ModelException(source + " holds no mapping of names to tensors");
        }
        Map<?, ?> found = top;
        for (String key : NESTING) {
            if (found.get(key) instanceof Map<?, ?> nested) {
                found = nested;
            }
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : found.entrySet()) {
            if (entry.getKey() instanceof String key && entry.getValue() instanceof Tensor tensor) {
                String name = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key;
                if (tensors.put(name, tensor) != null) {
                    throw new ModelException(source + " has " + Shown.of(name) + " with and without the prefix " + PREFIX);
                }
            }
        }
        if (tensors.isEmpty()) {
            throw new ModelException(source + " holds no tensors");
        }
        return tensors;
    }
}
