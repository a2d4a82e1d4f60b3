package dev.parasol.kernels;

import dev.parasol.cuda.DataType;

/**
 * Int8 activations on the device with their scales: {@code x = values * scale}. A view, as {@link Matrix} is. Immutable.
 *
 * @param values  I8 {@code [rows, cols]}, its stride a multiple of {@value #BLOCK} columns, zeros in the columns behind its own
 * @param scales  device address of the scales, floats: of each row and block, row major, of each row, or of everything
 * @param scaling which of them
 */
public record Quantized(Matrix values, long scales, Scaling scaling) {
    /** Columns that share a scale where a row has more than one. */
    public static final int BLOCK = 128;

    /** How many scales there are. */
    public enum Scaling {
        /** One for all, given: a calibrated one. */
        STATIC,
        /** One for each row. */
        ROWS,
        /** One for each row and {@value Quantized#BLOCK} columns. */
        BLOCKS
    }

    /** Checks values and scales; {@link IllegalArgumentException} when they are none. */
    public Quantized {
        Checks.matrix("quantized activations", "the matrix", values, DataType.I8, 0);
        Checks.equal("quantized activations", "the stride's remainder by 128", values.stride() % BLOCK, 0);
        Checks.aligned("quantized activations", "the matrix", values);
        Checks.address("quantized activations", "the buffer of scales", scales);
    }

    /** Floats from one row's scales to the next's. */
    public int scaleStride() {
        return scaleCount(scaling, values.stride());
    }

    /** Scales of a row of so many columns, padded; 0 where there is one for all. */
    public static int scaleCount(Scaling scaling, int stride) {
        return switch (scaling) {
            case STATIC -> 0;
            case ROWS -> 1;
            case BLOCKS -> stride / BLOCK;
        };
    }
}
