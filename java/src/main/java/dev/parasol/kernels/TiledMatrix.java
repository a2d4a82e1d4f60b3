package dev.parasol.kernels;

/**
 * A weight matrix in fp16 as {@link GemmSm90} reads it: blocks of 128 rows, in each the slices of 64 columns one behind the other,
 * swizzled as in shared memory ({@code cuda/kernels/weight_tiles.cuh}). It takes the bytes of a matrix whose rows are padded to a
 * multiple of 64 columns. A view: owns nothing. Immutable.
 *
 * @param address device address, a multiple of 16
 * @param rows    rows, 1 or more
 * @param cols    columns with a meaning, 1 or more; zeros up to {@link #depth()}
 */
public record TiledMatrix(long address, int rows, int cols) {
    /** Checks the values; {@link IllegalArgumentException} when they are none of a matrix. */
    public TiledMatrix {
        if (rows < 1 || cols < 1 || address % 16 != 0) {
            throw new IllegalArgumentException("no tiled matrix has " + rows + " rows and " + cols + " columns at address " + address);
        }
    }

    /** Columns with the padding. */
    public int depth() {
        return (cols + GemmTiles.DEPTH - 1) / GemmTiles.DEPTH * GemmTiles.DEPTH;
    }

    /** Size in bytes. */
    public long bytes() {
        return 2L * rows * depth();
    }
}
