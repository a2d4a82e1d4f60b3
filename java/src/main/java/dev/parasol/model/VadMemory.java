package dev.parasol.model;

/** What an {@link FsmnVad} remembers of a recording between its blocks: the last inputs of each layer's memory. Not thread-safe. */
public final class VadMemory {
    private final float[] values;

    VadMemory(int size) {
        values = new float[size];
    }

    float[] values() {
        return values;
    }
}
