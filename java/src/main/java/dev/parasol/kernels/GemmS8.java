package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;
import java.util.List;

/**
 * Matrix product of int8 factors with epilogue, {@code C = act(scaled(A Wᵀ) + bias) + residual}: sums of whole numbers, which are exact, times the scales
 * of the row of A and of the column of C. Where A has a scale for each block of 128 columns, the sums of the blocks are joined in fp32 in their order.
 * A row's result does not depend, to the bit, on the rows around it or on their number. Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class GemmS8 implements AutoCloseable {
    /** The longest sum of products that cannot leave 32 bits. */
    public static final int MAX_DEPTH = 1 << 17;

    static final StructLayout PARAMS = StructLayout.struct("GemmS8Params", "gemm_s8.h")
            .pointer("a")
            .pointer("w")
            .pointer("a_scales")
            .pointer("w_scales")
            .pointer("bias")
            .pointer("residual")
            .pointer("c")
            .pointer("c_scales")
            .pointer("c_static_scale")
            .pointer("device_rows")
            .int32("m")
            .int32("n")
            .int32("k")
            .int32("lda")
            .int32("ldw")
            .int32("ldc")
            .int32("ld_residual")
            .int32("a_scale_stride")
            .int32("relu")
            .build();
    private static final int A = PARAMS.offset("a");
    private static final int W = PARAMS.offset("w");
    private static final int A_SCALES = PARAMS.offset("a_scales");
    private static final int W_SCALES = PARAMS.offset("w_scales");
    private static final int BIAS = PARAMS.offset("bias");
    private static final int RESIDUAL = PARAMS.offset("residual");
    private static final int C = PARAMS.offset("c");
    private static final int C_SCALES = PARAMS.offset("c_scales");
    private static final int C_STATIC_SCALE = PARAMS.offset("c_static_scale");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int M = PARAMS.offset("m");
    private static final int N = PARAMS.offset("n");
    private static final int K = PARAMS.offset("k");
    private static final int LDA = PARAMS.offset("lda");
    private static final int LDW = PARAMS.offset("ldw");
    private static final int LDC = PARAMS.offset("ldc");
    private static final int LD_RESIDUAL = PARAMS.offset("ld_residual");
    private static final int A_SCALE_STRIDE = PARAMS.offset("a_scale_stride");
    private static final int RELU = PARAMS.offset("relu");

    static final List<GemmTile> TILES = List.of(GemmTile.s8(16, 128, 16, 32), GemmTile.s8(32, 64, 16, 32), GemmTile.s8(64, 64, 32, 32),
            GemmTile.s8(64, 128, 32, 64), GemmTile.s8(128, 128, 64, 64), GemmTile.s8(128, 256, 64, 64), GemmTile.s8(256, 128, 64, 64));
    static final List<GemmTile> QUANTIZING_TILES = List.of(GemmTile.s8(16, 128, 16, 32), GemmTile.s8(64, 128, 32, 64), GemmTile.s8(128, 128, 64, 64),
            GemmTile.s8(128, 256, 64, 64), GemmTile.s8(256, 128, 64, 64));
    static final List<GemmTile> BLOCKS_TILES = List.of(GemmTile.s8(16, 128, 16, 32), GemmTile.s8(64, 128, 32, 64), GemmTile.s8(128, 128, 32, 64));

    private final GemmTiles toF16;
    private final GemmTiles toF32;
    private final GemmTiles toS8;
    private final GemmTiles blocksToF32;

    /** A launcher of the kernels in {@code library}, each of which is loaded when it is first needed. */
    public GemmS8(KernelLibrary library) {
        toF16 = new GemmTiles(library, "gemm_s8", "gemm_s8_f16", PARAMS, TILES);
        toF32 = new GemmTiles(library, "gemm_s8", "gemm_s8_f32", PARAMS, TILES);
        toS8 = new GemmTiles(library, "gemm_s8", "gemm_s8_s8", PARAMS, QUANTIZING_TILES);
        blocksToF32 = new GemmTiles(library, "gemm_s8", "gemm_s8_blocks_f32", PARAMS, BLOCKS_TILES);
    }

    /**
     * Multiplies all rows of {@code a}. The reduction runs over the weights' columns, rounded up to a multiple of 128.
     *
     * @param a            {@code [m, k]}
     * @param w            I8 {@code [n, k]}, its stride a multiple of 128 columns, zeros behind its own
     * @param weightScales device address of n floats
     * @param bias         device address of n floats, or 0
     * @param residual     F32 {@code [m, n]}, added last, or null; may be {@code c} itself
     * @param relu         whether negative sums become zero before the residual is added
     * @param c            F16 or F32 {@code [m, n]}, F32 where {@code a} has blocks. Columns behind n and rows behind the true count are left alone
     * @param deviceRows   device address of the true row count, or 0 when it is that of {@code a}
     */
    public void launch(Stream stream, Quantized a, Matrix w, long weightScales, long bias, Matrix residual, boolean relu, Matrix c, long deviceRows) {
        check(a, w, weightScales, residual, c);
        launch(stream, tiles(a.scaling(), c.type()), a, w, weightScales, bias, residual, relu, c, null, deviceRows);
    }

    /**
     * {@link #launch} whose result is quantized, without a residual.
     *
     * @param a not by blocks
     * @param c {@code [m, n]}; its scales are read where they are {@link Quantized.Scaling#STATIC}, and written otherwise, by blocks
     */
    public void launch(Stream stream, Quantized a, Matrix w, long weightScales, long bias, boolean relu, Quantized c, long deviceRows) {
        check(a, w, weightScales, c);
        launch(stream, toS8, a, w, weightScales, bias, null, relu, c.values(), c, deviceRows);
    }

    private static void launch(Stream stream, GemmTiles tiles, Quantized a, Matrix w, long weightScales, long bias, Matrix residual, boolean relu, Matrix c,
            Quantized quantized, long deviceRows) {
        if (a.values().rows() != 0) {
            write(tiles.arguments(), a, w, weightScales, bias, residual, relu, c, quantized, deviceRows);
            tiles.launch(stream, a.values().rows(), w.rows(), depth(w));
        }
    }

    /** The columns of K that a product with these weights runs over. */
    private static int depth(Matrix w) {
        return BoundKernel.blocks(w.cols(), Quantized.BLOCK) * Quantized.BLOCK;
    }

    /** The checks of every product to floating point. */
    static void check(Quantized a, Matrix w, long weightScales, Matrix residual, Matrix c) {
        boolean blocks = a.scaling() == Quantized.Scaling.BLOCKS;
        GemmTiles.checkResult("gemm_s8", a.values().rows(), w, residual, c, blocks ? DataType.F32 : c.type());
        checkFactors(a, w, weightScales);
    }

    /** The checks of every product to int8. */
    static void check(Quantized a, Matrix w, long weightScales, Quantized c) {
        Checks.atLeast("gemm_s8", "the row count of C", c.values().rows(), a.values().rows());
        Checks.equal("gemm_s8", "the column count of C", c.values().cols(), w.rows());
        if (a.scaling() == Quantized.Scaling.BLOCKS || c.scaling() == Quantized.Scaling.ROWS) {
            throw new IllegalArgumentException("gemm_s8: A has scales of " + a.scaling() + " and C of " + c.scaling() + ", but A must not have blocks and C no rows");
        }
        checkFactors(a, w, weightScales);
    }

    private static void checkFactors(Quantized a, Matrix w, long weightScales) {
        Checks.matrix("gemm_s8", "the weight matrix", w, DataType.I8, 1);
        Checks.aligned("gemm_s8", "the weight matrix", w);
        Checks.equal("gemm_s8", "the column count of A", a.values().cols(), w.cols());
        Checks.atMost("gemm_s8", "the column count", depth(w), MAX_DEPTH);
        Checks.atLeast("gemm_s8", "the stride of the weight matrix", w.stride(), depth(w));
        Checks.address("gemm_s8", "the buffer of the weights' scales", weightScales);
    }

    /** @param quantized C with its scales, or null where it is floating */
    static void write(KernelArguments p, Quantized a, Matrix w, long weightScales, long bias, Matrix residual, boolean relu, Matrix c, Quantized quantized,
            long deviceRows) {
        boolean fixed = quantized != null && quantized.scaling() == Quantized.Scaling.STATIC;
        p.setPointer(A, a.values().address());
        p.setPointer(W, w.address());
        p.setPointer(A_SCALES, a.scales());
        p.setPointer(W_SCALES, weightScales);
        p.setPointer(BIAS, bias);
        p.setPointer(RESIDUAL, residual == null ? 0 : residual.address());
        p.setPointer(C, c.address());
        p.setPointer(C_SCALES, quantized == null || fixed ? 0 : quantized.scales());
        p.setPointer(C_STATIC_SCALE, fixed ? quantized.scales() : 0);
        p.setPointer(DEVICE_ROWS, deviceRows);
        p.setInt(M, a.values().rows());
        p.setInt(N, w.rows());
        p.setInt(K, depth(w));
        p.setInt(LDA, a.values().stride());
        p.setInt(LDW, w.stride());
        p.setInt(LDC, c.stride());
        p.setInt(LD_RESIDUAL, residual == null ? 0 : residual.stride());
        p.setInt(A_SCALE_STRIDE, a.scaleStride());
        p.setInt(RELU, relu ? 1 : 0);
    }

    private GemmTiles tiles(Quantized.Scaling scaling, DataType out) {
        return switch (out) {
            case I8 -> toS8;
            case F16 -> toF16;
            default -> scaling == Quantized.Scaling.BLOCKS ? blocksToF32 : toF32;
        };
    }

    /** Every way to launch a product of A with such scales to C of such a type on this device, for those who measure which is best. */
    public List<TileChoice> choices(Quantized.Scaling scaling, DataType out) {
        return tiles(scaling, out).choices();
    }

    /** Makes every following such product take that choice; null leaves it to the tuned table and the built-in rule again. */
    public void force(Quantized.Scaling scaling, DataType out, TileChoice choice) {
        tiles(scaling, out).force(choice);
    }

    /** The name by which {@link TileTable} knows such products. */
    public String kernelName(Quantized.Scaling scaling, DataType out) {
        return tiles(scaling, out).name();
    }

    @Override
    public void close() {
        try (toF16; toF32; toS8; blocksToF32) {
            // closed from right to left, whatever fails on the way
        }
    }
}
