package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.Kernel;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernels of one matrix product, which differ in their tile only and give the same bits, and one struct of arguments for all
 * of them. Which one a launch takes is the tuned table's choice, else the rule's. A kernel is loaded when it is first needed. Not thread-safe.
 */
final class GemmTiles implements AutoCloseable {
    /** Columns of K that the products take at once; rows in memory are padded with zeros to a multiple of it. */
    static final int DEPTH = 64;

    private final KernelLibrary library;
    private final String file;
    private final String name;
    private final StructLayout layout;
    private final TileRule rule;
    private final TileTable table;
    private final Kernel[] kernels;
    private KernelArguments arguments;
    private TileChoice forced;

    /** @param tiles those that there are kernels for */
    GemmTiles(KernelLibrary library, String file, String name, StructLayout layout, List<GemmTile> tiles) {
        this.library = library;
        this.file = file;
        this.name = name;
        this.layout = layout;
        this.rule = new TileRule(tiles, library.device());
        this.table = TileTable.of(library);
        this.kernels = new Kernel[rule.tiles().size()];
    }

    /** The product's kernels' name without the tile. */
    String name() {
        return name;
    }

    /** Every tile that fits on the device, with every depth of its ring. */
    List<TileChoice> choices() {
        List<TileChoice> choices = new ArrayList<>();
        for (GemmTile tile : rule.tiles()) {
            for (int stages = GemmTile.MIN_STAGES; stages <= most(tile); stages++) {
                choices.add(new TileChoice(tile.name(), stages));
            }
        }
        return choices;
    }

    private int most(GemmTile tile) {
        return Math.min(tile.maxStages(), library.device().sharedMemoryPerBlockOptIn() / tile.stageBytes());
    }

    /** Launches with that choice from now on, or with the table's and the rule's again where it is null. */
    void force(TileChoice choice) {
        if (choice != null && index(choice) < 0) {
            throw new IllegalArgumentException(name + ": there is no " + choice + " on this device, only " + choices());
        }
        forced = choice;
    }

    /** The index of a choice's tile, or -1 where it cannot be launched here. */
    private int index(TileChoice choice) {
        for (int i = 0; i < rule.tiles().size(); i++) {
            GemmTile tile = rule.tiles().get(i);
            if (tile.name().equals(choice.tile())) {
                return choice.stages() >= GemmTile.MIN_STAGES && choice.stages() <= most(tile) ? i : -1;
            }
        }
        return -1;
    }

    /** The columns of K that a product with these weights runs over. */
    static int depth(Matrix weights) {
        return (weights.cols() + DEPTH - 1) / DEPTH * DEPTH;
    }

    /**
     * Checks the result of a product and what is added to it.
     *
     * @param rows     of A
     * @param type     that C must have
     * @param residual or null
     */
    static void checkResult(String kernel, int rows, Matrix w, Matrix residual, Matrix c, DataType type) {
        Checks.floating(kernel, "C", c.type());
        Checks.matrix(kernel, "C", c, type, rows);
        Checks.equal(kernel, "the column count of C", c.cols(), w.rows());
        if (residual != null) {
            Checks.matrix(kernel, "the residual", residual, DataType.F32, rows);
            Checks.equal(kernel, "the column count of the residual", residual.cols(), w.rows());
        }
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

    KernelArguments arguments() {
        if (arguments == null) {
            arguments = kernel(0).newArguments();
        }
        return arguments;
    }

    private Kernel kernel(int index) {
        if (kernels[index] == null) {
            GemmTile tile = rule.tiles().get(index);
            Kernel kernel = library.kernel(file, name + "_" + tile.name(), layout);
            kernel.setDynamicShared(most(tile) * tile.stageBytes());
            kernel.preferShared();
            kernels[index] = kernel;
        }
        return kernels[index];
    }

    /** Launches the product of m rows with n weight rows over k columns with the arguments written before. */
    void launch(Stream stream, int m, int n, int k) {
        TileChoice choice = forced != null ? forced : table.find(name, n, k, m);
        int index = choice == null ? -1 : index(choice);
        int stages = index < 0 ? 0 : choice.stages();
        if (index < 0) {
            index = rule.choose(m, n, k);
            stages = rule.stages(index);
        }
        GemmTile tile = rule.tiles().get(index);
        kernel(index).launch(stream, BoundKernel.blocks(n, tile.cols()), BoundKernel.blocks(m, tile.rows()), 1, tile.threads(), stages * tile.stageBytes(),
                arguments());
    }

    @Override
    public void close() {
        if (arguments != null) {
            arguments.close();
        }
    }
}
