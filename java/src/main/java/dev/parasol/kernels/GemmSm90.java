package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceProperties;
import dev.parasol.cuda.Kernel;
import dev.parasol.cuda.KernelArguments;
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
    private static final int WARPGROUP = 128;
    /** Two barriers of 8 bytes. */
    private static final int BARRIER_BYTES = 16;

    /**
     * A tile as its kernel is compiled, which loads with one warpgroup and multiplies with one for each 64 rows.
     *
     * @param sliceCycles clock cycles that a multiprocessor is estimated to need for 64 columns of K, for the choice among tiles
     * @param endCycles   the same for what comes before and after them
     */
    record Tile(String suffix, int rows, int cols, int stages, int sliceCycles, int endCycles) {
        int threads() {
            return WARPGROUP * (1 + rows / 64);
        }

        int sharedBytes() {
            return stages * ((rows + cols) * GemmTiles.DEPTH * 2 + BARRIER_BYTES);
        }

        int blocks(int m, int n) {
            return Math.multiplyExact(BoundKernel.blocks(m, rows), BoundKernel.blocks(n, cols));
        }

        /** Estimated cycles of a whole product. */
        long cycles(int m, int n, int k, int multiprocessors) {
            return (long) BoundKernel.blocks(blocks(m, n), multiprocessors) * ((long) k / GemmTiles.DEPTH * sliceCycles + endCycles);
        }
    }

    static final List<Tile> TILES = List.of(new Tile("_64", 64, 128, 6, 384, 1500), new Tile("_128", 128, 128, 5, 576, 1500),
            new Tile("_256", 128, 256, 4, 1024, 2500));

    private final KernelLibrary library;
    private final Kernel[] kernels = new Kernel[2 * TILES.size()];
    private KernelArguments arguments;

    /**
     * A launcher of the kernels in {@code library}, each of which is loaded when it is first needed.
     *
     * @throws IllegalStateException on a device that cannot run them
     */
    public GemmSm90(KernelLibrary library) {
        if (!library.device().warpgroupProducts()) {
            throw new IllegalStateException(library.device().name() + " has no products of warpgroups: its compute capability is "
                    + library.device().capabilityMajor() + "." + library.device().capabilityMinor());
        }
        this.library = library;
    }

    /**
     * Multiplies all rows of {@code a}: {@code C = act(A Wᵀ + bias) + residual}.
     *
     * @param a          F16 {@code [m, k]} with a stride of at least {@link TiledMatrix#depth()}, zeros behind its columns; rows begin at multiples of 16 bytes
     * @param w          {@code [n, k]}
     * @param bias       device address of n floats, or 0
     * @param residual   F32 {@code [m, n]}, added last, or null; may be {@code c} itself
     * @param relu       whether negative sums become zero before the residual is added
     * @param c          F16 or F32 {@code [m, n]}. Columns behind n and rows behind the true count are left alone
     * @param deviceRows device address of the true row count, or 0 when it is {@code a.rows()}
     */
    public void launch(Stream stream, Matrix a, TiledMatrix w, long bias, Matrix residual, boolean relu, Matrix c, long deviceRows) {
        // The weights' shape and place, in the words of the other products.
        Matrix weights = new Matrix(w.address(), DataType.F16, w.rows(), w.cols(), w.depth());
        Gemm.check(a, weights, residual, c);
        if (a.rows() == 0) {
            return;
        }
        int index = choose(a.rows(), w.rows(), w.depth(), library.device().multiprocessors());
        Tile tile = TILES.get(index);
        Kernel kernel = kernel(index, c.type());
        Gemm.write(arguments, a, weights, bias, residual, relu, c, deviceRows);
        int blocks = Math.min(tile.blocks(a.rows(), w.rows()), library.device().multiprocessors());
        kernel.launch(stream, blocks, 1, 1, tile.threads(), tile.sharedBytes(), arguments);
    }

    /** The tile that is estimated to be quickest; all give the same bits. */
    static int choose(int m, int n, int k, int multiprocessors) {
        int best = 0;
        for (int i = 1; i < TILES.size(); i++) {
            if (TILES.get(i).cycles(m, n, k, multiprocessors) < TILES.get(best).cycles(m, n, k, multiprocessors)) {
                best = i;
            }
        }
        return best;
    }

    private Kernel kernel(int tile, DataType out) {
        int index = 2 * tile + BoundKernel.variant(out);
        if (kernels[index] == null) {
            String name = (out == DataType.F32 ? "gemm_f16_f32_sm90" : "gemm_f16_f16_sm90") + TILES.get(tile).suffix();
            Kernel kernel = library.kernel(FILE, name, Gemm.PARAMS);
            kernel.setDynamicShared(TILES.get(tile).sharedBytes());
            if (arguments == null) {
                arguments = kernel.newArguments();
            }
            kernels[index] = kernel;
        }
        return kernels[index];
    }

    @Override
    public void close() {
        if (arguments != null) {
            arguments.close();
        }
    }
}
