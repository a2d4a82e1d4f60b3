package dev.parasol.kernels;

/**
 * A tile of a product of warpgroups as its kernel is compiled, which loads with one warpgroup and multiplies with one for each 64 rows. The kernel's name ends
 * with {@code name}. Immutable.
 *
 * @param stages      slices of 128 bytes of a row of K that are in shared memory at once
 * @param sliceCycles clock cycles that a multiprocessor is estimated to need for a slice, for the choice among tiles
 * @param endCycles   the same for what comes before and after the slices
 */
record WarpgroupTile(String name, int rows, int cols, int stages, int sliceCycles, int endCycles) {
    /** Bytes of K that a stage holds of each row and column. */
    static final int SLICE_BYTES = 128;
    private static final int WARPGROUP = 128;
    /** Two barriers of 8 bytes. */
    private static final int BARRIER_BYTES = 16;

    int threads() {
        return WARPGROUP * (1 + rows / 64);
    }

    int sharedBytes() {
        return stages * ((rows + cols) * SLICE_BYTES + BARRIER_BYTES);
    }

    int blocks(int m, int n) {
        return Math.multiplyExact(BoundKernel.blocks(m, rows), BoundKernel.blocks(n, cols));
    }

    /** Estimated cycles of a whole product. */
    long cycles(int m, int n, int slices, int multiprocessors) {
        return (long) BoundKernel.blocks(blocks(m, n), multiprocessors) * ((long) slices * sliceCycles + endCycles);
    }

    TileChoice choice() {
        return new TileChoice(name, stages);
    }
}
