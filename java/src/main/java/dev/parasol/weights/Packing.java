package dev.parasol.weights;

/** How a tensor lies on the device. K, the reduction dimension of a matrix product, is padded with zeros to a multiple of 64. */
public enum Packing {
    /** {@code [n, k]} as {@code [n, pad64(k)]}; in fp16 on a device with products of warpgroups as a {@link dev.parasol.kernels.TiledMatrix}. */
    MATRIX,
    /** {@code [n, k]} as {@code [n, pad64(k)]} on every device. */
    ROWS,
    /** {@code [n, k]} as int8 {@code [n, pad128(k)]}, for products of whole numbers; tiled as MATRIX is. */
    INT8,
    /** INT8, its columns in the order of fp16 products: see {@link dev.parasol.kernels.QuantizeWeight}. */
    INT8_INTERLEAVED,
    /** A convolution over time {@code [n, c, j]} as {@code [n, pad64(j * c)]}; column {@code j * c_count + c} meets an unfolded input; tiled as MATRIX is. */
    CONV,
    /** {@code [k, n]} or {@code [k, n, j]}, as a transposed convolution has it, as {@code [j * n_count + n, pad64(k)]}: a matrix for each tap, on every device. */
    TRANSPOSED,
    /** A depthwise convolution {@code [c, 1, j]} or {@code [c, 1, j, 1]} as {@code [j, c]} in fp32. */
    DEPTHWISE,
    /** Any shape, flat, in fp32. */
    VECTOR;

    /** Whether it is an operand of matrix products in fp16 or fp32. */
    boolean isMatrix() {
        return this == MATRIX || this == ROWS || this == CONV || this == TRANSPOSED;
    }

    /** Whether it is an operand of matrix products in int8. */
    boolean isInt8() {
        return this == INT8 || this == INT8_INTERLEAVED;
    }
}
