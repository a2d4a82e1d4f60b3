package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * One tensor of a checkpoint as {@link Checkpoint#read} delivers it: row major, little endian.
 *
 * @param type the element type delivered, which may be wider than the one stored (bf16 is delivered as F32)
 * @param shape the sizes, outermost first; empty for a scalar
 */
public record TensorInfo(String name, DataType type, long[] shape) {
    /** The shape is copied. */
    public TensorInfo {
        shape = shape.clone();
    }

    /** A copy of the shape. */
    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements. */
    public long count() {
        return count(shape);
    }

    /** The size in bytes as delivered. */
    public long bytes() {
        return count() * type.bytes();
    }

    /** Whether elements are fp32 or fp16. */
    public boolean floating() {
        return type == DataType.F32 || type == DataType.F16;
    }

    static long count(long[] shape) {
        return LongStream.of(shape).reduce(1, Math::multiplyExact);
    }

    /** {@code shape} as users write it: {@code 512x560}, or {@code scalar}. */
    static String text(long[] shape) {
        return shape.length == 0 ? "scalar" : LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorInfo t && name.equals(t.name) && type == t.type && Arrays.equals(shape, t.shape);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        return name + " " + text(shape) + " " + type;
    }
}
