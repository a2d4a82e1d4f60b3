package dev.parasol.kernels;

import dev.parasol.cuda.DeviceProperties;
import dev.parasol.cuda.Kernel;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;
import java.util.List;

/**
 * {@link GemmTiles} of the kernels for devices with {@link DeviceProperties#warpgroupProducts()}: they differ in their tile only, give the same bits, and take one
 * struct of arguments. A launch takes the tuned table's choice, else the one with the least estimated time. A kernel is loaded when it is first needed. Not thread-safe.
 */
final class WarpgroupTiles implements AutoCloseable {
    private final KernelLibrary library;
    private final String file;
    private final String name;
    private final StructLayout layout;
    private final int elementBytes;
    private final List<WarpgroupTile> tiles;
    private final TileTable table;
    private final Kernel[] kernels;
    private KernelArguments arguments;
    private TileChoice forced;

    /**
     * @param elementBytes of the factors
     * @param tiles        those that there are kernels for
     * @throws IllegalStateException on a device that cannot run them
     */
    WarpgroupTiles(KernelLibrary library, String file, String name, StructLayout layout, int elementBytes, List<WarpgroupTile> tiles) {
        DeviceProperties device = library.device();
        if (!device.warpgroupProducts()) {
            throw new IllegalStateException(device.name() + " has no products of warpgroups: its compute capability is " + device.capabilityMajor() + "."
                    + device.capabilityMinor());
        }
        this.library = library;
        this.file = file;
        this.name = name;
        this.layout = layout;
        this.elementBytes = elementBytes;
        this.tiles = tiles;
        this.table = TileTable.of(library);
        this.kernels = new Kernel[tiles.size()];
    }

    /** The product's kernels' name without the tile. */
    String name() {
        return name;
    }

    /** Every tile. */
    List<TileChoice> choices() {
        return tiles.stream().map(WarpgroupTile::choice).toList();
    }

    /** Launches with that choice from now on, or with the table's and the estimate's again where it is null. */
    void force(TileChoice choice) {
        if (choice != null && !choices().contains(choice)) {
            throw new IllegalArgumentException(name + ": there is no " + choice + " on this device, only " + choices());
        }
        forced = choice;
    }

    /** The index of the tile that is estimated to be quickest for m rows, n columns and so many slices of K. */
    static int choose(List<WarpgroupTile> tiles, int m, int n, int slices, int multiprocessors) {
        int best = 0;
        for (int i = 1; i < tiles.size(); i++) {
            if (tiles.get(i).cycles(m, n, slices, multiprocessors) < tiles.get(best).cycles(m, n, slices, multiprocessors)) {
                best = i;
            }
        }
        return best;
    }

    KernelArguments arguments() {
        if (arguments == null) {
            arguments = kernel(0).newArguments();
        }
        return arguments;
    }

    private Kernel kernel(int index) {
        if (kernels[index] == null) {
            Kernel kernel = library.kernel(file, name + "_" + tiles.get(index).name(), layout);
            kernel.setDynamicShared(tiles.get(index).sharedBytes());
            kernels[index] = kernel;
        }
        return kernels[index];
    }

    /** Launches the product of m rows with n weight rows over k columns with the arguments written before. */
    void launch(Stream stream, int m, int n, int k) {
        int multiprocessors = library.device().multiprocessors();
        TileChoice choice = forced != null ? forced : table.find(name, n, k, m);
        int index = choice == null ? -1 : choices().indexOf(choice);
        if (index < 0) {
            index = choose(tiles, m, n, k * elementBytes / WarpgroupTile.SLICE_BYTES, multiprocessors);
        }
        WarpgroupTile tile = tiles.get(index);
        kernel(index).launch(stream, Math.min(tile.blocks(m, n), multiprocessors), 1, 1, tile.threads(), tile.sharedBytes(), arguments());
    }

    @Override
    public void close() {
        if (arguments != null) {
            arguments.close();
        }
    }
}
