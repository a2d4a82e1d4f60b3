package dev.parasol.memory;

import java.util.ArrayList;
import java.util.List;

/** The graphs that hold addresses of a pool's blocks, so that none outlives an address. Not thread-safe. */
final class BlockGraphs {
    private final List<BlockGraph> graphs = new ArrayList<>();

    void add(BlockGraph graph) {
        graphs.add(graph);
    }

    void remove(BlockGraph graph) {
        graphs.remove(graph);
    }

    /** Destroys the graphs that hold the block's address, which is about to become another one's. */
    void invalidate(Block block) {
        for (BlockGraph graph : graphs) {
            if (graph.holds(block.id)) {
                graph.invalidate();
            }
        }
    }

    /** Destroys all of them: the whole pool is about to move. */
    void invalidateAll() {
        graphs.forEach(BlockGraph::invalidate);
    }
}
