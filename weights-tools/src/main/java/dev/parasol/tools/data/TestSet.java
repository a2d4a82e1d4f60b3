package dev.parasol.tools.data;

import java.util.List;

/** Recordings that are measured together. Immutable. */
public record TestSet(String name, List<Speech> speech) {
    /** The list is copied. */
    public TestSet {
        speech = List.copyOf(speech);
    }

    /** Length of all of it in seconds. */
    public double seconds() {
        return speech.stream().mapToDouble(Speech::seconds).sum();
    }
}
