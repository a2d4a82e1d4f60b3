package dev.parasol.model;

import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.LaunchGraph;
import dev.parasol.cuda.Stream;
import dev.parasol.memory.Region;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The passes of buckets that came back as graphs, so that the host launches once a batch. A bucket's first batch is launched
 * directly, its second one makes the graph, and the ones that were not launched longest are destroyed.
 *
 * <p>A graph holds addresses of the slab. It is launched only while these are what they were: when the plan was swapped for a
 * better one, or memory of the slab was given back or moved, the parameters of its nodes are set anew first.
 *
 * <p>Where the driver refuses a graph, and its context is not lost, the batch is launched directly. Not thread-safe.
 */
final class GraphCache implements AutoCloseable {
    static final int GRAPHS_KEPT = 32;
    /** After so many refusals one behind the other no more graphs are tried: the driver is too old, or has no memory for them. */
    private static final int MOST_REFUSALS = 3;

    /** A bucket that was seen, and its graph once there is one, with what it holds addresses of. */
    private static final class Entry {
        private LaunchGraph graph;
        private ForwardPlan plan;
        private long slab;
        private long generation;

        boolean holds(ForwardPlan wanted, Region region) {
            return plan == wanted && slab == region.address() && generation == region.generation();
        }
    }

    private final Map<BatchShape, Entry> entries = new LinkedHashMap<>(2 * GRAPHS_KEPT, 0.75f, true);
    /** Graphs that are not wanted any more and whose destruction failed so far: it is tried again. */
    private final List<LaunchGraph> unwanted = new ArrayList<>();
    private boolean use = true;
    private int refusals;
    private long made;
    private long set;
    private long launched;

    /**
     * Launches a pass as a graph if there is one for its bucket or it is worth making.
     *
     * @param launches what the pass launches on {@code stream}, all of it kernels and fills
     * @return false when the caller must launch it directly
     * @throws CudaException when the graph's launch is refused, or the context is lost
     */
    boolean launch(ForwardPlan plan, Stream stream, Region slab, Runnable launches) {
        if (!use || refusals >= MOST_REFUSALS) {
            return false;
        }
        Entry entry = entries.get(plan.shape());
        if (entry == null) {
            add(plan.shape());
            return false;
        }
        try {
            prepare(entry, plan, stream, slab, launches);
        } catch (CudaException e) {
            refused(plan.shape(), entry, e);
            return false;
        }
        refusals = 0;
        entry.graph.launch(stream);
        launched++;
        return true;
    }

    private void add(BatchShape bucket) {
        if (entries.size() == GRAPHS_KEPT) {
            BatchShape eldest = entries.keySet().iterator().next();
            destroy(entries.remove(eldest));
        }
        entries.put(bucket, new Entry());
    }

    private void prepare(Entry entry, ForwardPlan plan, Stream stream, Region slab, Runnable launches) {
        if (entry.graph != null && !entry.holds(plan, slab)) {
            entry.plan = null;
            if (entry.graph.set(stream, launches)) {
                set++;
            } else {
                destroy(entry);
            }
        }
        if (entry.graph == null) {
            entry.graph = LaunchGraph.of(stream, launches);
            made++;
        }
        entry.plan = plan;
        entry.slab = slab.address();
        entry.generation = slab.generation();
    }

    private void refused(BatchShape bucket, Entry entry, CudaException refusal) {
        refusals++;
        GraphRefused.commit(bucket, refusal);
        entries.remove(bucket);
        try {
            destroy(entry);
        } catch (CudaException e) {
            refusal.addSuppressed(e);
            throw refusal;
        }
        if (refusal.sticky()) {
            throw refusal;
        }
    }

    void use(boolean wanted) {
        use = wanted;
        refusals = 0;
        if (!wanted) {
            clear();
        }
    }

    /** Destroys all graphs. Those for which the driver refuses it are tried again by the next call. */
    void clear() {
        entries.values().forEach(this::discard);
        entries.clear();
        destroyUnwanted();
    }

    private void destroy(Entry entry) {
        discard(entry);
        destroyUnwanted();
    }

    private void discard(Entry entry) {
        if (entry.graph != null) {
            unwanted.add(entry.graph);
            entry.graph = null;
        }
    }

    private void destroyUnwanted() {
        Closing.all(List.copyOf(unwanted).stream().map(graph -> (AutoCloseable) () -> {
            graph.close();
            unwanted.remove(graph);
        }).toArray(AutoCloseable[]::new));
    }

    /** Buckets that have a graph. */
    int size() {
        return (int) entries.values().stream().filter(entry -> entry.graph != null).count();
    }

    /** Graphs made so far. */
    long made() {
        return made;
    }

    /** How often the parameters of one were set anew. */
    long set() {
        return set;
    }

    /** Passes that ran as a graph. */
    long launched() {
        return launched;
    }

    @Override
    public void close() {
        clear();
    }
}
