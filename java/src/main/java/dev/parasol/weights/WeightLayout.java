package dev.parasol.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where each tensor and table lies within the region of weights: one behind the other, each aligned. */
final class WeightLayout {
    private static final int ALIGNMENT = 256;

    private final Map<String, Long> offsets = new LinkedHashMap<>();
    private long bytes;

    WeightLayout(List<WeightSpec> specs, List<Constant> constants) {
        specs.forEach(spec -> place(spec.name(), spec.bytes()));
        constants.forEach(constant -> place(constant.name(), constant.bytes()));
    }

    private void place(String name, long size) {
        long offset = Math.addExact(bytes, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (offsets.put(name, offset) != null) {
            throw new IllegalArgumentException(name + " is given twice");
        }
        bytes = Math.addExact(offset, size);
    }

    boolean contains(String name) {
        return offsets.containsKey(name);
    }

    long offset(String name) {
        return offsets.get(name);
    }

    /** Bytes from the first tensor's beginning to the last one's end. */
    long bytes() {
        return bytes;
    }
}
