package dev.parasol.kernels;

import dev.parasol.cuda.DataType;

/**
 * A matrix in device memory, row major. A view: owns nothing, and its address is good only as long as what it points into. Immutable.
 *
 * @param address device address of the first element
 * @param type    element type
 * @param rows    rows, 0 or more
 * @param cols    columns, 0 or more
 * @param stride  elements from one row's start to the next's, at least {@code cols}; kernels say what they expect in the columns between
 */
public record Matrix(long address, DataType type, int rows, int cols, int stride) {
    /** Checks the values; {@link IllegalArgumentException} when they are none of a matrix. */
    public Matrix {
        if (type == null) {
            throw new IllegalArgumentException("a matrix needs an element type");
        }
        if (rows < 0 || cols < 0 || stride < cols) {
            throw new IllegalArgumentException("no matrix has " + rows + " rows and " + cols + " columns with a stride of " + stride);
        }
    }
}
