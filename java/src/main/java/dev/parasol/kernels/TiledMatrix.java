package dev.parasol.kernels;

import dev.parasol.cuda.DataType;

/**
 * A weight matrix as {@link GemmSm90} (fp16) and {@link GemmS8Sm90} (int8) read it: blocks of 128 rows, in each the slices of 128 bytes of a row one behind the
 * other, swizzled as in shared memory ({@code cuda/kernels/weight_tiles.cuh}). It takes the bytes of a matrix whose rows are padded to a multiple of 64 columns, in
 * int8 of 128. A view: owns nothing. Immutable.
 *
 * @param address device address, a multiple of 16
 * @param type    F16 or I8
 * @param rows    rows, 1 or more
 * @param cols    columns with a meaning, 1 or more; zeros up to {@link #depth()}
 */
public record TiledMatrix(long address, DataType type, int rows, int cols) {
    /** Checks the values; {@link IllegalArgumentException} when they are none of a matrix. */
    public TiledMatrix {
        if (rows < 1 || cols < 1 || address % 16 != 0 || type != DataType.F16 && type != DataType.I8) {
            throw new IllegalArgumentException("no tiled matrix has " + rows + " rows and " + cols + " columns of " + type + " at address " + address);
        }
    }

    /** Columns with the padding. */
    public int depth() {
        int slice = WarpgroupTile.SLICE_BYTES / type.bytes();
        return BoundKernel.blocks(cols, slice) * slice;
    }

    /** Size in bytes. */
    public long bytes() {
        return (long) type.bytes() * rows * depth();
    }

    /** The shape and the place in the words of products whose weights lie row by row. */
    Matrix asMatrix() {
        return new Matrix(address, type, rows, cols, depth());
    }
}
