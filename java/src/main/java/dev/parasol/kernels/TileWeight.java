package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Converts, reorders and zero-pads rows of one weight into a {@link TiledMatrix} of fp16, as {@link PackWeight} does into a plain one.
 * Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class TileWeight implements AutoCloseable {
    private static final int THREADS = 128;
    private static final int CHUNK = 8;

    static final StructLayout PARAMS = StructLayout.struct("TileWeightParams", "tile_weight.h")
            .pointer("source")
            .pointer("destination")
            .int64("stride_n")
            .int64("stride_inner")
            .int64("stride_outer")
            .int32("first_row")
            .int32("rows")
            .int32("n")
            .int32("cols")
            .int32("inner")
            .int32("k")
            .build();
    private static final int SOURCE = PARAMS.offset("source");
    private static final int DESTINATION = PARAMS.offset("destination");
    private static final int STRIDE_N = PARAMS.offset("stride_n");
    private static final int STRIDE_INNER = PARAMS.offset("stride_inner");
    private static final int STRIDE_OUTER = PARAMS.offset("stride_outer");
    private static final int FIRST_ROW = PARAMS.offset("first_row");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int N = PARAMS.offset("n");
    private static final int COLS = PARAMS.offset("cols");
    private static final int INNER = PARAMS.offset("inner");
    private static final int K = PARAMS.offset("k");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public TileWeight(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "tile_weight", "tile_weight_f32", "tile_weight_f16");
    }

    /**
     * Packs rows {@code firstRow} to {@code firstRow + rows} of the destination.
     *
     * @param source      device address of the first of these rows' elements
     * @param sourceType  F32 or F16
     * @param strideN     source elements from one row of the destination to the next
     * @param inner       neighbouring columns of the destination that are {@code strideInner} apart in the source; divides the column count
     * @param strideOuter source elements from one group of {@code inner} columns to the next
     */
    public void launch(Stream stream, long source, DataType sourceType, long strideN, int inner, long strideInner, long strideOuter, TiledMatrix destination,
            int firstRow, int rows) {
        Checks.address("tile_weight", "the source", source);
        Checks.matrix("tile_weight", "the destination", destination.asMatrix(), DataType.F16, 1);
        Checks.floating("tile_weight", "the source", sourceType);
        Checks.atLeast("tile_weight", "the inner count", inner, 1);
        Checks.equal("tile_weight", "the column count's remainder by the inner count", destination.cols() % inner, 0);
        Checks.atLeast("tile_weight", "the first row", firstRow, 0);
        Checks.atMost("tile_weight", "the last row", (long) firstRow + rows, destination.rows());
        if (rows == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(SOURCE, source);
        a.setPointer(DESTINATION, destination.address());
        a.setLong(STRIDE_N, strideN);
        a.setLong(STRIDE_INNER, strideInner);
        a.setLong(STRIDE_OUTER, strideOuter);
        a.setInt(FIRST_ROW, firstRow);
        a.setInt(ROWS, rows);
        a.setInt(N, destination.rows());
        a.setInt(COLS, destination.cols());
        a.setInt(INNER, inner);
        a.setInt(K, destination.depth());
        kernel.launch(stream, BoundKernel.variant(sourceType), BoundKernel.blocks((long) rows * destination.depth() / CHUNK, THREADS), 1, THREADS);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
