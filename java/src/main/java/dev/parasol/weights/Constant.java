package dev.parasol.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A table that a model computes and keeps on the device beside its weights (window, mel filters, normalisation). */
public final class Constant {
    private final String name;
    private final ByteBuffer content;

    private Constant(String name, ByteBuffer content) {
        this.name = name;
        this.content = content;
    }

    /** A table of fp32 numbers, which are copied. */
    public static Constant of(String name, float[] values) {
        ByteBuffer content = allocate(values.length);
        content.asFloatBuffer().put(values);
        return new Constant(name, content);
    }

    /** A table of 32-bit integers, which are copied. */
    public static Constant of(String name, int[] values) {
        ByteBuffer content = allocate(values.length);
        content.asIntBuffer().put(values);
        return new Constant(name, content);
    }

    private static ByteBuffer allocate(int words) {
        return ByteBuffer.allocate(Math.multiplyExact(words, 4)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What it is asked for by; no weight has the same name. */
    public String name() {
        return name;
    }

    /** Size in bytes. */
    public long bytes() {
        return content.capacity();
    }

    /** A view of the content from its beginning. */
    ByteBuffer content() {
        return content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }
}
