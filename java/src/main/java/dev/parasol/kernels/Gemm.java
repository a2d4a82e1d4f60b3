package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;
import java.util.List;

/**
 * Matrix product with epilogue, {@code C = act(A Wᵀ + bias) + residual}; sums in fp32. A row's result does not depend, to the bit, on
 * the rows around it or on their number. Not thread-safe. Errors of the launch are {@link dev.parasol.cuda.CudaException}, wrong
 * shapes {@link IllegalArgumentException}.
 */
public final class Gemm implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("GemmParams", "gemm.h")
            .pointer("a")
            .pointer("w")
            .pointer("bias")
            .pointer("residual")
            .pointer("c")
            .pointer("device_rows")
            .int32("m")
            .int32("n")
            .int32("k")
            .int32("lda")
            .int32("ldw")
            .int32("ldc")
            .int32("ld_residual")
            .int32("relu")
            .build();
    private static final int A = PARAMS.offset("a");
    private static final int W = PARAMS.offset("w");
    private static final int BIAS = PARAMS.offset("bias");
    private static final int RESIDUAL = PARAMS.offset("residual");
    private static final int C = PARAMS.offset("c");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int M = PARAMS.offset("m");
    private static final int N = PARAMS.offset("n");
    private static final int K = PARAMS.offset("k");
    private static final int LDA = PARAMS.offset("lda");
    private static final int LDW = PARAMS.offset("ldw");
    private static final int LDC = PARAMS.offset("ldc");
    private static final int LD_RESIDUAL = PARAMS.offset("ld_residual");
    private static final int RELU = PARAMS.offset("relu");

    static final List<GemmTile> F16_TILES = List.of(GemmTile.f16(16, 128, 16, 32), GemmTile.f16(32, 64, 16, 32), GemmTile.f16(64, 64, 32, 32),
            GemmTile.f16(64, 128, 32, 64), GemmTile.f16(128, 128, 64, 64), GemmTile.f16(128, 256, 64, 64), GemmTile.f16(256, 128, 64, 64));
    static final List<GemmTile> F32_TILES = List.of(GemmTile.f32(16), GemmTile.f32(64));

    private final GemmTiles f16ToF16;
    private final GemmTiles f16ToF32;
    private final GemmTiles f32;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public Gemm(KernelLibrary library) {
        f16ToF16 = new GemmTiles(library, "gemm_f16", "gemm_f16_f16", PARAMS, F16_TILES);
        f16ToF32 = new GemmTiles(library, "gemm_f16", "gemm_f16_f32", PARAMS, F16_TILES);
        f32 = new GemmTiles(library, "gemm_f32", "gemm_f32", PARAMS, F32_TILES);
    }

    /**
     * Multiplies all rows of {@code a}.
     *
     * <p>The reduction runs over the weights' columns, rounded up to a multiple of 64: both operands have strides of at least that, and
     * zeros in the columns behind their own. Their rows begin at multiples of 16 bytes.
     *
     * @param a          F16 or F32 {@code [m, k]}
     * @param w          {@code [n, k]} of the same type
     * @param bias       device address of n floats, or 0
     * @param residual   F32 {@code [m, n]}, added last, or null; may be {@code c} itself
     * @param relu       whether negative sums become zero before the residual is added
     * @param c          {@code [m, n]}; F16 or F32 where A is F16, else F32. Columns behind n and rows behind the true count are left alone
     * @param deviceRows device address of the true row count, or 0 when it is {@code a.rows()}
     */
    public void launch(Stream stream, Matrix a, Matrix w, long bias, Matrix residual, boolean relu, Matrix c, long deviceRows) {
        check(a, w, residual, c);
        if (a.rows() == 0) {
            return;
        }
        GemmTiles tiles = tiles(a.type(), c.type());
        write(tiles.arguments(), a, w, bias, residual, relu, c, deviceRows);
        tiles.launch(stream, a.rows(), w.rows(), GemmTiles.depth(w));
    }

    /** The checks of every product's operands. */
    static void check(Matrix a, Matrix w, Matrix residual, Matrix c) {
        GemmTiles.checkOperands("gemm", a, w);
        GemmTiles.checkResult("gemm", a.rows(), w, residual, c, a.type() == DataType.F32 ? DataType.F32 : c.type());
    }

    static void write(KernelArguments p, Matrix a, Matrix w, long bias, Matrix residual, boolean relu, Matrix c, long deviceRows) {
        p.setPointer(A, a.address());
        p.setPointer(W, w.address());
        p.setPointer(BIAS, bias);
        p.setPointer(RESIDUAL, residual == null ? 0 : residual.address());
        p.setPointer(C, c.address());
        p.setPointer(DEVICE_ROWS, deviceRows);
        p.setInt(M, a.rows());
        p.setInt(N, w.rows());
        p.setInt(K, GemmTiles.depth(w));
        p.setInt(LDA, a.stride());
        p.setInt(LDW, w.stride());
        p.setInt(LDC, c.stride());
        p.setInt(LD_RESIDUAL, residual == null ? 0 : residual.stride());
        p.setInt(RELU, relu ? 1 : 0);
    }

    private GemmTiles tiles(DataType in, DataType out) {
        return in == DataType.F32 ? f32 : out == DataType.F32 ? f16ToF32 : f16ToF16;
    }

    /** The name by which {@link TileTable} knows the products from one type to another. */
    public String kernelName(DataType in, DataType out) {
        return tiles(in, out).name();
    }

    /** Every way to launch a product from one type to another on this device, for those who measure which is best. */
    public List<TileChoice> choices(DataType in, DataType out) {
        return tiles(in, out).choices();
    }

    /**
     * Makes every following product from one type to another take that choice; null leaves it to the tuned table and the built-in rule again.
     *
     * @throws IllegalArgumentException when it is none of {@link #choices}
     */
    public void force(DataType in, DataType out, TileChoice choice) {
        tiles(in, out).force(choice);
    }

    @Override
    public void close() {
        try (f16ToF16; f16ToF32; f32) {
            // closed from right to left, whatever fails on the way
        }
    }
}
