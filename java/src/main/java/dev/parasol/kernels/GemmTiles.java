package dev.parasol.kernels;

import dev.parasol.cuda.Kernel;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;
import java.util.List;

/**
 * The kernels of one matrix product, which differ in their tile only and give the same bits, and one struct of arguments for all
 * of them. A kernel is loaded when it is first needed. Not thread-safe.
 */
final class GemmTiles implements AutoCloseable {
    /** Columns of K that the products take at once; rows in memory are padded with zeros to a multiple of it. */
    static final int DEPTH = 64;
    /** Every kernel of a product has blocks of this size. */
    private static final int THREADS = 128;
    /** With fewer blocks than this a large GPU has idle multiprocessors, and a smaller tile is quicker. */
    private static final int ENOUGH_BLOCKS = 96;

    /**
     * A tile, as its kernel is compiled.
     *
     * @param suffix      what its kernel's name has behind the product's
     * @param sharedBytes its dynamic shared memory
     */
    record Tile(String suffix, int rows, int cols, int sharedBytes) {
        /** An fp16 tile with a ring of {@code stages} slices of 64 columns. */
        static Tile f16(String suffix, int rows, int cols, int stages) {
            return new Tile(suffix, rows, cols, stages * (rows + cols) * DEPTH * 2);
        }

        /** An fp32 tile with two slices of 16 columns, transposed, their rows 4 floats longer than the tile. */
        static Tile f32(String suffix, int rows, int cols) {
            return new Tile(suffix, rows, cols, 2 * 16 * (rows + 4 + cols + 4) * 4);
        }

        long blocks(int m, int n) {
            return (long) BoundKernel.blocks(m, rows) * BoundKernel.blocks(n, cols);
        }
    }

    private final KernelLibrary library;
    private final String file;
    private final String name;
    private final StructLayout layout;
    private final List<Tile> tiles;
    private final Kernel[] kernels;
    private KernelArguments arguments;

    /** @param tiles by their rows, ascending */
    GemmTiles(KernelLibrary library, String file, String name, StructLayout layout, List<Tile> tiles) {
        this.library = library;
        this.file = file;
        this.name = name;
        this.layout = layout;
        this.tiles = tiles;
        this.kernels = new Kernel[tiles.size()];
    }

    /** The columns of K that a product with these weights runs over. */
    static int depth(Matrix weights) {
        return (weights.cols() + DEPTH - 1) / DEPTH * DEPTH;
    }

    /** Checks the operands of {@code A Wᵀ}; K is the weights' column count, rounded up. */
    static void checkOperands(String kernel, Matrix a, Matrix w) {
        Checks.floating(kernel, "A", a.type());
        Checks.matrix(kernel, "A", a, a.type(), a.rows());
        Checks.matrix(kernel, "the weight matrix", w, a.type(), w.rows());
        Checks.atLeast(kernel, "the row count of the weight matrix", w.rows(), 1);
        Checks.atLeast(kernel, "the column count of the weight matrix", w.cols(), 1);
        int depth = depth(w);
        if (a.cols() != depth) {
            Checks.equal(kernel, "the column count of A", a.cols(), w.cols());
        }
        Checks.atLeast(kernel, "the stride of A", a.stride(), depth);
        Checks.atLeast(kernel, "the stride of the weight matrix", w.stride(), depth);
        Checks.aligned(kernel, "A", a);
        Checks.aligned(kernel, "the weight matrix", w);
    }

    /**
     * The tile for m rows and n columns: no larger than the first that holds all rows at once, and of the larger ones one that gives
     * every multiprocessor work.
     */
    static int choose(List<Tile> tiles, int m, int n) {
        for (int i = tiles.size() - 1; i > 0; i--) {
            if (m > tiles.get(i - 1).rows() && (i == 1 || tiles.get(i).blocks(m, n) >= ENOUGH_BLOCKS)) {
                return i;
            }
        }
        return 0;
    }

    KernelArguments arguments() {
        if (arguments == null) {
            arguments = kernel(0).newArguments();
        }
        return arguments;
    }

    private Kernel kernel(int index) {
        if (kernels[index] == null) {
            Tile tile = tiles.get(index);
            Kernel kernel = library.kernel(file, name + tile.suffix(), layout);
            kernel.setDynamicShared(tile.sharedBytes());
            kernels[index] = kernel;
        }
        return kernels[index];
    }

    /** Launches the product of m rows with n weight rows with the arguments written before. */
    void launch(Stream stream, int m, int n) {
        int index = choose(tiles, m, n);
        Tile tile = tiles.get(index);
        kernel(index).launch(stream, BoundKernel.blocks(n, tile.cols()), BoundKernel.blocks(m, tile.rows()), 1, THREADS, tile.sharedBytes(), arguments());
    }

    @Override
    public void close() {
        if (arguments != null) {
            arguments.close();
        }
    }
}
