package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Weights to int8, {@code destination[n][c] = round(source[n][c] / scales[n])} with {@code scales[n] = max |source[n]| / 127}; or weights that are int8 already
 * into their place. Columns from {@code destination.cols()} to its stride become zero.
 *
 * <p>Products of fp16 activations want the columns interleaved: each 16 in the order 0 1 8 9, 2 3 10 11, 4 5 12 13, 6 7 14 15. Those of warpgroups want a
 * {@link TiledMatrix}.
 * Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class QuantizeWeight implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("QuantizeWeightParams", "quantize_weight.h")
            .pointer("source")
            .pointer("destination")
            .pointer("scales")
            .int32("rows")
            .int32("cols")
            .int32("ld")
            .int32("order")
            .int32("first_row")
            .int32("n")
            .build();
    private static final int SOURCE = PARAMS.offset("source");
    private static final int DESTINATION = PARAMS.offset("destination");
    private static final int SCALES = PARAMS.offset("scales");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD = PARAMS.offset("ld");
    private static final int ORDER = PARAMS.offset("order");
    private static final int FIRST_ROW = PARAMS.offset("first_row");
    private static final int N = PARAMS.offset("n");
    /** The values of QuantizedOrder. */
    private static final int ORDER_ROWS = 0;
    private static final int ORDER_INTERLEAVED = 1;
    private static final int ORDER_TILED = 2;

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public QuantizeWeight(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "quantize_weight", "quantize_weight_f32", "quantize_weight_f16", "quantize_weight_s8");
    }

    /**
     * Quantizes rows of a weight.
     *
     * @param source      device address of {@code [destination.rows(), destination.cols()]} elements without gaps
     * @param sourceType  F32, F16 or I8
     * @param destination I8; its stride is a multiple of 128, its rows begin at multiples of 4 bytes
     * @param scales      device address of a float for each row, written; not used where the source is I8
     */
    public void launch(Stream stream, long source, DataType sourceType, Matrix destination, boolean interleaved, long scales) {
        Checks.equal("quantize_weight", "the stride's remainder by 128", destination.stride() % 128, 0);
        launch(stream, source, sourceType, destination, interleaved ? ORDER_INTERLEAVED : ORDER_ROWS, 0, destination.rows(), scales);
    }

    /**
     * Quantizes rows {@code firstRow} to {@code firstRow + rows} of the destination.
     *
     * @param source      device address of {@code [rows, destination.cols()]} elements without gaps
     * @param sourceType  F32, F16 or I8
     * @param destination I8
     * @param scales      device address of a float for each of these rows, written; not used where the source is I8
     */
    public void launch(Stream stream, long source, DataType sourceType, TiledMatrix destination, int firstRow, int rows, long scales) {
        Checks.atLeast("quantize_weight", "the first row", firstRow, 0);
        Checks.atMost("quantize_weight", "the last row", (long) firstRow + rows, destination.rows());
        launch(stream, source, sourceType, destination.asMatrix(), ORDER_TILED, firstRow, rows, scales);
    }

    private void launch(Stream stream, long source, DataType sourceType, Matrix destination, int order, int firstRow, int rows, long scales) {
        Checks.address("quantize_weight", "the source", source);
        Checks.matrix("quantize_weight", "the destination", destination, DataType.I8, 0);
        Checks.atLeast("quantize_weight", "the column count", destination.cols(), 1);
        Checks.aligned("quantize_weight", "the destination", destination);
        if (sourceType != DataType.I8) {
            Checks.floating("quantize_weight", "the source", sourceType);
            Checks.address("quantize_weight", "the buffer of scales", scales);
        }
        if (rows == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(SOURCE, source);
        a.setPointer(DESTINATION, destination.address());
        a.setPointer(SCALES, scales);
        a.setInt(ROWS, rows);
        a.setInt(COLS, destination.cols());
        a.setInt(LD, destination.stride());
        a.setInt(ORDER, order);
        a.setInt(FIRST_ROW, firstRow);
        a.setInt(N, destination.rows());
        kernel.launchWarpPerRow(stream, sourceType == DataType.I8 ? 2 : BoundKernel.variant(sourceType), rows);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
