package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;
import java.util.List;

/**
 * Output layer with its argmax: the largest element of each row of {@code A Wᵀ + bias} without the logits ever being in memory. Two
 * launches: partial results of {@value #COLUMNS} columns each, then their join. The lowest column wins a tie; a NaN never does.
 * Not thread-safe. Errors of the launch are {@link dev.parasol.cuda.CudaException}, wrong shapes {@link IllegalArgumentException}.
 */
public final class GemmArgmax implements AutoCloseable {
    /** Columns of a partial result. */
    public static final int COLUMNS = 64;

    static final StructLayout PARAMS = StructLayout.struct("GemmArgmaxParams", "gemm_argmax.h")
            .pointer("a")
            .pointer("w")
            .pointer("bias")
            .pointer("partial_values")
            .pointer("partial_ids")
            .pointer("device_rows")
            .int32("m")
            .int32("n")
            .int32("k")
            .int32("lda")
            .int32("ldw")
            .build();
    private static final int A = PARAMS.offset("a");
    private static final int W = PARAMS.offset("w");
    private static final int BIAS = PARAMS.offset("bias");
    private static final int PARTIAL_VALUES = PARAMS.offset("partial_values");
    private static final int PARTIAL_IDS = PARAMS.offset("partial_ids");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int M = PARAMS.offset("m");
    private static final int N = PARAMS.offset("n");
    private static final int K = PARAMS.offset("k");
    private static final int LDA = PARAMS.offset("lda");
    private static final int LDW = PARAMS.offset("ldw");

    static final StructLayout REDUCE_PARAMS = StructLayout.struct("ArgmaxReduceParams", "argmax_reduce.h")
            .pointer("partial_values")
            .pointer("partial_ids")
            .pointer("ids")
            .pointer("values")
            .pointer("device_rows")
            .int32("rows")
            .int32("tiles")
            .build();
    private static final int REDUCE_PARTIAL_VALUES = REDUCE_PARAMS.offset("partial_values");
    private static final int REDUCE_PARTIAL_IDS = REDUCE_PARAMS.offset("partial_ids");
    private static final int REDUCE_IDS = REDUCE_PARAMS.offset("ids");
    private static final int REDUCE_VALUES = REDUCE_PARAMS.offset("values");
    private static final int REDUCE_DEVICE_ROWS = REDUCE_PARAMS.offset("device_rows");
    private static final int REDUCE_ROWS = REDUCE_PARAMS.offset("rows");
    private static final int REDUCE_TILES = REDUCE_PARAMS.offset("tiles");
    /** Rows that a block of the join takes, and its threads. */
    private static final int REDUCE_BLOCK_ROWS = 32;
    private static final int REDUCE_THREADS = 128;

    static final List<GemmTile> F16_TILES = List.of(GemmTile.f16(16, 256, 16, 64), GemmTile.f16(64, 128, 32, 64), GemmTile.f16(128, 128, 64, 64),
            GemmTile.f16(128, 256, 64, 64));
    static final List<GemmTile> F32_TILES = Gemm.F32_TILES;

    private final GemmTiles f16;
    private final GemmTiles f32;
    private final BoundKernel reduce;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public GemmArgmax(KernelLibrary library) {
        f16 = new GemmTiles(library, "gemm_argmax_f16", "gemm_argmax_f16", PARAMS, F16_TILES);
        f32 = new GemmTiles(library, "gemm_argmax_f32", "gemm_argmax_f32", PARAMS, F32_TILES);
        reduce = new BoundKernel(library, REDUCE_PARAMS, "argmax_reduce", "argmax_reduce");
    }

    /** Partial results of a row: the rows of the partial buffers, whose columns are the rows of A. */
    public static int tiles(int columns) {
        return BoundKernel.blocks(columns, COLUMNS);
    }

    /**
     * The partial results of all rows of {@code a}. K and padding are those of {@link Gemm#launch}.
     *
     * @param a             F16 or F32 {@code [m, k]}
     * @param w             {@code [n, k]} of the same type
     * @param bias          device address of n floats, or 0
     * @param partialValues device address of {@code [tiles(n), m]} floats
     * @param partialIds    device address of {@code [tiles(n), m]} 32-bit integers
     * @param deviceRows    device address of the true row count, or 0 when it is {@code a.rows()}; what lies behind is left alone
     */
    public void launch(Stream stream, Matrix a, Matrix w, long bias, long partialValues, long partialIds, long deviceRows) {
        GemmTiles.checkOperands("gemm_argmax", a, w);
        Checks.address("gemm_argmax", "the buffer of partial values", partialValues);
        Checks.address("gemm_argmax", "the buffer of partial ids", partialIds);
        if (a.rows() == 0) {
            return;
        }
        GemmTiles kernels = a.type() == DataType.F32 ? f32 : f16;
        KernelArguments p = kernels.arguments();
        p.setPointer(A, a.address());
        p.setPointer(W, w.address());
        p.setPointer(BIAS, bias);
        p.setPointer(PARTIAL_VALUES, partialValues);
        p.setPointer(PARTIAL_IDS, partialIds);
        p.setPointer(DEVICE_ROWS, deviceRows);
        p.setInt(M, a.rows());
        p.setInt(N, w.rows());
        p.setInt(K, GemmTiles.depth(w));
        p.setInt(LDA, a.stride());
        p.setInt(LDW, w.stride());
        kernels.launch(stream, a.rows(), w.rows(), GemmTiles.depth(w));
    }

    /** Every way to launch the products of a type on this device, for those who measure which is best; {@link TileTable} knows them by {@link #kernelName}. */
    public List<TileChoice> choices(DataType type) {
        return (type == DataType.F32 ? f32 : f16).choices();
    }

    /** The name by which {@link TileTable} knows the products of a type. */
    public String kernelName(DataType type) {
        return (type == DataType.F32 ? f32 : f16).name();
    }

    /** Makes every following product of a type take that choice, or leaves it to the tuned table and the built-in rule again where it is null. */
    public void force(DataType type, TileChoice choice) {
        (type == DataType.F32 ? f32 : f16).force(choice);
    }

    /**
     * Joins partial results.
     *
     * @param ids        device address of {@code rows} 32-bit integers: each row's column of the largest logit
     * @param values     device address of {@code rows} floats: that logit
     * @param rows       rows of A, as they were launched
     * @param tiles      {@link #tiles} of the columns
     * @param deviceRows device address of the true row count, or 0 when it is {@code rows}; what lies behind is left alone
     */
    public void reduce(Stream stream, long partialValues, long partialIds, long ids, long values, int rows, int tiles, long deviceRows) {
        Checks.address("argmax_reduce", "the buffer of partial values", partialValues);
        Checks.address("argmax_reduce", "the buffer of partial ids", partialIds);
        Checks.address("argmax_reduce", "the buffer of ids", ids);
        Checks.address("argmax_reduce", "the buffer of values", values);
        Checks.atLeast("argmax_reduce", "the row count", rows, 0);
        Checks.atLeast("argmax_reduce", "the tile count", tiles, 1);
        if (rows == 0) {
            return;
        }
        KernelArguments p = reduce.arguments();
        p.setPointer(REDUCE_PARTIAL_VALUES, partialValues);
        p.setPointer(REDUCE_PARTIAL_IDS, partialIds);
        p.setPointer(REDUCE_IDS, ids);
        p.setPointer(REDUCE_VALUES, values);
        p.setPointer(REDUCE_DEVICE_ROWS, deviceRows);
        p.setInt(REDUCE_ROWS, rows);
        p.setInt(REDUCE_TILES, tiles);
        reduce.launch(stream, 0, BoundKernel.blocks(rows, REDUCE_BLOCK_ROWS), 1, REDUCE_THREADS);
    }

    @Override
    public void close() {
        try (f16; f32; reduce) {
            // closed from right to left, whatever fails on the way
        }
    }
}
