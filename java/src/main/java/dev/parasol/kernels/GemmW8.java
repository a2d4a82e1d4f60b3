package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;
import java.util.List;

/**
 * Matrix product of fp16 activations with int8 weights and an epilogue, {@code C = act((A Wᵀ) * scales + bias) + residual}: weights become fp16 in
 * registers, which is exact, sums are fp32. A row's result does not depend, to the bit, on the rows around it or on their number. Not thread-safe.
 * Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class GemmW8 implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("GemmW8Params", "gemm_w8.h")
            .pointer("a")
            .pointer("w")
            .pointer("w_scales")
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
    private static final int W_SCALES = PARAMS.offset("w_scales");
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

    static final List<GemmTile> TILES = List.of(GemmTile.w8(16, 128, 16, 32), GemmTile.w8(32, 64, 16, 32), GemmTile.w8(64, 128, 32, 64),
            GemmTile.w8(128, 128, 64, 64), GemmTile.w8(256, 128, 64, 64));

    private final GemmTiles toF16;
    private final GemmTiles toF32;

    /** A launcher of the kernels in {@code library}, each of which is loaded when it is first needed. */
    public GemmW8(KernelLibrary library) {
        toF16 = new GemmTiles(library, "gemm_w8", "gemm_w8_f16", PARAMS, TILES);
        toF32 = new GemmTiles(library, "gemm_w8", "gemm_w8_f32", PARAMS, TILES);
    }

    /**
     * Multiplies all rows of {@code a}; what is not named here is as in {@link Gemm#launch}.
     *
     * @param a            F16 {@code [m, k]}
     * @param w            I8 {@code [n, k]}, interleaved (see {@link QuantizeWeight}), its stride a multiple of 128 columns
     * @param weightScales device address of n floats
     * @param c            F16 or F32 {@code [m, n]}
     */
    public void launch(Stream stream, Matrix a, Matrix w, long weightScales, long bias, Matrix residual, boolean relu, Matrix c, long deviceRows) {
        Checks.matrix("gemm_w8", "A", a, DataType.F16, a.rows());
        Checks.matrix("gemm_w8", "the weight matrix", w, DataType.I8, 1);
        Checks.equal("gemm_w8", "the column count of A", a.cols(), w.cols());
        int depth = GemmTiles.depth(w);
        Checks.atLeast("gemm_w8", "the stride of A", a.stride(), depth);
        Checks.atLeast("gemm_w8", "the stride of the weight matrix", w.stride(), depth);
        Checks.aligned("gemm_w8", "A", a);
        Checks.aligned("gemm_w8", "the weight matrix", w);
        Checks.address("gemm_w8", "the buffer of the weights' scales", weightScales);
        GemmTiles.checkResult("gemm_w8", a.rows(), w, residual, c, c.type());
        if (a.rows() == 0) {
            return;
        }
        GemmTiles tiles = tiles(c.type());
        KernelArguments p = tiles.arguments();
        p.setPointer(A, a.address());
        p.setPointer(W, w.address());
        p.setPointer(W_SCALES, weightScales);
        p.setPointer(BIAS, bias);
        p.setPointer(RESIDUAL, residual == null ? 0 : residual.address());
        p.setPointer(C, c.address());
        p.setPointer(DEVICE_ROWS, deviceRows);
        p.setInt(M, a.rows());
        p.setInt(N, w.rows());
        p.setInt(K, depth);
        p.setInt(LDA, a.stride());
        p.setInt(LDW, w.stride());
        p.setInt(LDC, c.stride());
        p.setInt(LD_RESIDUAL, residual == null ? 0 : residual.stride());
        p.setInt(RELU, relu ? 1 : 0);
        tiles.launch(stream, a.rows(), w.rows(), depth);
    }

    private GemmTiles tiles(DataType out) {
        return out == DataType.F32 ? toF32 : toF16;
    }

    /** Every way to launch a product to such a type on this device, for those who measure which is best. */
    public List<TileChoice> choices(DataType out) {
        return tiles(out).choices();
    }

    /** Makes every following product to such a type take that choice; null leaves it to the tuned table and the built-in rule again. */
    public void force(DataType out, TileChoice choice) {
        tiles(out).force(choice);
    }

    /** The name by which {@link TileTable} knows products to such a type. */
    public String kernelName(DataType out) {
        return tiles(out).name();
    }

    @Override
    public void close() {
        try (toF16; toF32) {
            // closed from right to left, whatever fails on the way
        }
    }
}
