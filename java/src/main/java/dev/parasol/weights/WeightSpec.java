package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import java.util.Arrays;

/**
 * One tensor that inference needs, and how it is to lie on the device.
 *
 * @param name the name in the checkpoint
 * @param shape the shape that the checkpoint must have
 * @param type F16 or F32 for {@link Packing#MATRIX}, {@link Packing#ROWS}, {@link Packing#CONV} and {@link Packing#TRANSPOSED}; I8 for the two of int8; F32 for the others
 */
public record WeightSpec(String name, long[] shape, Packing packing, DataType type) {
    /** Columns of packed matrices are padded to a multiple of this. */
    public static final int PAD = 64;
    /** Columns of int8 matrices are padded to a multiple of this. */
    public static final int INT8_PAD = 128;

    /** {@link IllegalArgumentException} when the packing does not take the shape or the type. */
    public WeightSpec {
        shape = shape.clone();
        int rank = switch (packing) {
            case MATRIX, ROWS, INT8, INT8_INTERLEAVED -> 2;
            case CONV -> 3;
            case TRANSPOSED -> shape.length == 2 ? 2 : 3;
            case DEPTHWISE -> shape.length == 4 && shape[3] == 1 ? 4 : 3;
            case VECTOR -> shape.length;
        };
        if (shape.length != rank || (packing == Packing.DEPTHWISE && shape[1] != 1)) {
            throw new IllegalArgumentException(name + ": " + packing + " does not take the shape " + TensorInfo.text(shape));
        }
        if (packing.isInt8() ? type != DataType.I8 : type != DataType.F32 && !(packing.isMatrix() && type == DataType.F16)) {
            throw new IllegalArgumentException(name + ": " + packing + " does not take " + type);
        }
    }

    /** A copy of the shape. */
    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Rows on the device: output channels of a matrix, taps of a depthwise filter, 1 of a vector. */
    public int rows() {
        return Math.toIntExact(switch (packing) {
            case MATRIX, ROWS, INT8, INT8_INTERLEAVED, CONV -> shape[0];
            case TRANSPOSED -> shape.length == 2 ? shape[1] : Math.multiplyExact(shape[1], shape[2]);
            case DEPTHWISE -> shape[2];
            case VECTOR -> 1;
        });
    }

    /** Columns with a meaning. */
    public int cols() {
        return Math.toIntExact(switch (packing) {
            case MATRIX, ROWS, INT8, INT8_INTERLEAVED -> shape[1];
            case CONV -> Math.multiplyExact(shape[1], shape[2]);
            case DEPTHWISE, TRANSPOSED -> shape[0];
            case VECTOR -> TensorInfo.count(shape);
        });
    }

    /** Elements from one row to the next. */
    public int stride() {
        int multiple = packing.isInt8() ? INT8_PAD : packing.isMatrix() ? PAD : 1;
        return Math.multiplyExact((cols() + multiple - 1) / multiple, multiple);
    }

    /** Whether the weight is tiled on devices with products of warpgroups. It takes the same bytes either way. */
    boolean tileable() {
        return packing == Packing.INT8 || type == DataType.F16 && (packing == Packing.MATRIX || packing == Packing.CONV);
    }

    /** Size on the device in bytes, padding of the columns included, alignment of the next tensor not. */
    public long bytes() {
        return (long) rows() * stride() * type.bytes();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WeightSpec w && name.equals(w.name) && Arrays.equals(shape, w.shape) && packing == w.packing && type == w.type;
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        return name + " " + TensorInfo.text(shape) + " " + packing + " " + type;
    }
}
