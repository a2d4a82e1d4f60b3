package dev.parasol.kernels;

import dev.parasol.cuda.DeviceProperties;
import java.util.ArrayList;
import java.util.List;

/**
 * Which tile a product takes where nothing was measured. The estimate, for blocks spread evenly over the multiprocessors, each of which holds some
 * of them at once and so works them off in rounds:
 *
 * <p>{@code clocks a column of K = max(blocks a multiprocessor * clocks(tile), rounds * 4) + rounds * 2000 / K}
 *
 * <p>The first term is throughput ({@link GemmTile#clocks}), the second the time that 64 columns take when nothing else is at work (barrier, ldmatrix and
 * four dependent tensor core instructions), the third the filling of the ring and the writing of C. The least estimate wins, the larger tile on a tie, since it
 * reads less. It weighs M, N, K and the device; none of them changes a bit of the result. Immutable.
 */
final class TileRule {
    private static final double LATENCY = 4;
    private static final double BEGIN_AND_END = 2000;

    private final List<GemmTile> tiles;
    private final List<Integer> stages;
    private final int[] resident;
    private final int multiprocessors;

    /** Of {@code tiles}, those that fit on the device; the first must. */
    TileRule(List<GemmTile> tiles, DeviceProperties device) {
        List<GemmTile> fitting = new ArrayList<>();
        List<Integer> depths = new ArrayList<>();
        for (GemmTile tile : tiles) {
            int depth = tile.stages(device);
            if (depth > 0) {
                fitting.add(tile);
                depths.add(depth);
            }
        }
        if (fitting.isEmpty()) {
            throw new IllegalStateException("no tile of " + tiles + " fits into the " + device.sharedMemoryPerBlockOptIn() + " bytes of shared memory that "
                    + device.name() + " gives a block");
        }
        this.tiles = List.copyOf(fitting);
        this.stages = List.copyOf(depths);
        this.resident = fitting.stream().mapToInt(tile -> tile.resident(device)).toArray();
        this.multiprocessors = Math.max(1, device.multiprocessors());
    }

    /** The tiles that fit, in the order given. */
    List<GemmTile> tiles() {
        return tiles;
    }

    /** The ring's depth for the tile of that index among {@link #tiles()}. */
    int stages(int index) {
        return stages.get(index);
    }

    /** The index among {@link #tiles()} of the tile for m rows, n columns and k columns of K. */
    int choose(int m, int n, int k) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < tiles.size(); i++) {
            double estimate = estimate(i, m, n, k);
            if (estimate < least || estimate == least && area(i) > area(best)) {
                least = estimate;
                best = i;
            }
        }
        return best;
    }

    private int area(int index) {
        return tiles.get(index).rows() * tiles.get(index).cols();
    }

    private double estimate(int index, int m, int n, int k) {
        GemmTile tile = tiles.get(index);
        long blocks = (tile.blocks(m, n) + multiprocessors - 1) / multiprocessors;
        long rounds = (blocks + resident[index] - 1) / resident[index];
        return Math.max(blocks * tile.clocks(), rounds * LATENCY) + rounds * BEGIN_AND_END / k;
    }
}
