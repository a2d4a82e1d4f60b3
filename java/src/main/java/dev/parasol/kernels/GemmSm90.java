package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceProperties;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import java.util.List;

/**
 * {@link Gemm} for devices with {@link DeviceProperties#warpgroupProducts()}: fp16 operands, the weights a {@link TiledMatrix}. A row's
 * result does not depend, to the bit, on the rows around it or on their number; it may differ from {@link Gemm}'s by rounding. Not
 * thread-safe. Errors of the launch are {@link dev.parasol.cuda.CudaException}, wrong shapes {@link IllegalArgumentException}.
 */
public final class GemmSm90 implements AutoCloseable {
    private static final String FILE = "gemm_f16_sm90";

    static final List<WarpgroupTile> TILES = List.of(new WarpgroupTile("64", 64, 128, 6, 384, 1500), new WarpgroupTile("128", 128, 128, 5, 576, 1500),
            new WarpgroupTile("256", 128, 256, 4, 1024, 2500));

    private final WarpgroupTiles toF16;
    private final WarpgroupTiles toF32;

    /**
     * A launcher of the kernels in {@code library}, each of which is loaded when it is first needed.
     *
     * @throws IllegalStateException on a device that cannot run them
     */
    public GemmSm90(KernelLibrary library) {
        toF16 = new WarpgroupTiles(library, FILE, "gemm_f16_f16_sm90", Gemm.PARAMS, DataType.F16.bytes(), TILES);
        toF32 = new WarpgroupTiles(library, FILE, "gemm_f16_f32_sm90", Gemm.PARAMS, DataType.F16.bytes(), TILES);
    }

    /**
     * Multiplies all rows of {@code a}: {@code C = act(A Wᵀ + bias) + residual}.
     *
     * @param a          F16 {@code [m, k]} with a stride of at least {@link TiledMatrix#depth()}, zeros behind its columns; rows begin at multiples of 16 bytes
     * @param w          F16 {@code [n, k]}
     * @param bias       device address of n floats, or 0
     * @param residual   F32 {@code [m, n]}, added last, or null; may be {@code c} itself
     * @param relu       whether negative sums become zero before the residual is added
     * @param c          F16 or F32 {@code [m, n]}. Columns behind n and rows behind the true count are left alone
     * @param deviceRows device address of the true row count, or 0 when it is {@code a.rows()}
     */
    public void launch(Stream stream, Matrix a, TiledMatrix w, long bias, Matrix residual, boolean relu, Matrix c, long deviceRows) {
        Matrix weights = w.asMatrix();
        Checks.matrix("gemm", "the weight matrix", weights, DataType.F16, 1);
        Gemm.check(a, weights, residual, c);
        if (a.rows() == 0) {
            return;
        }
        WarpgroupTiles tiles = tiles(c.type());
        Gemm.write(tiles.arguments(), a, weights, bias, residual, relu, c, deviceRows);
        tiles.launch(stream, a.rows(), w.rows(), w.depth());
    }

    private WarpgroupTiles tiles(DataType out) {
        return out == DataType.F32 ? toF32 : toF16;
    }

    /** The name by which {@link TileTable} knows products to such a type. */
    public String kernelName(DataType out) {
        return tiles(out).name();
    }

    /** Every way to launch a product to such a type, for those who measure which is best. */
    public List<TileChoice> choices(DataType out) {
        return tiles(out).choices();
    }

    /** Makes every following product to such a type take that choice; null leaves it to the tuned table and the built-in estimate again. */
    public void force(DataType out, TileChoice choice) {
        tiles(out).force(choice);
    }

    @Override
    public void close() {
        try (toF16; toF32) {
            // closed from right to left, whatever fails on the way
        }
    }
}
