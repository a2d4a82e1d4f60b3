package dev.parasol.memory;

import dev.parasol.cuda.CudaContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The device memory of one session, a region for each purpose: weights packed in one, a slab of activations for each
 * stream in flight, persistent state, staging, and a pool for what cannot be planned. Regions are opened when first
 * asked for, and each can grow to the device's size, since address space costs nothing.
 *
 * <p>Thread-safe.
 */
public final class MemorySystem implements AutoCloseable {
    private final CudaContext context;
    private final Budget budget;
    private final long capacity;
    private final Map<String, Region> regions = new ConcurrentHashMap<>();
    private final Deque<Region> opened = new ArrayDeque<>();

    /** Memory in {@code context}, paid from {@code budget}. Holds nothing yet. */
    public MemorySystem(CudaContext context, Budget budget) {
        this.context = context;
        this.budget = budget;
        this.capacity = context.memoryInfo().total();
    }

    /** The model's weights, all of them. */
    public Region weights() {
        return region("weights");
    }

    /** The activations of one forward pass on stream {@code stream}, counted from 0. */
    public Region slab(int stream) {
        return region("slab " + stream);
    }

    /** What lives as long as the session: tables, caches. */
    public Region state() {
        return region("state");
    }

    /** Where weights pass through on their way; give it back by {@code trim(0)} after loading. */
    public Region staging() {
        return region("staging");
    }

    /** The budget that pays. */
    public Budget budget() {
        return budget;
    }

    /** Who holds what, over all that share the budget. */
    public MemoryReport report() {
        return budget.report();
    }

    private Region region(String name) {
        Region region = regions.get(name);
        return region != null ? region : open(name);
    }

    private synchronized Region open(String name) {
        return regions.computeIfAbsent(name, key -> {
            Region region = Region.open(context, budget, key, capacity);
            opened.push(region);
            return region;
        });
    }

    /**
     * Gives everything back; nothing of it may be in use. Each region is closed even when another's closing failed; the
     * first failure is thrown in the end.
     */
    @Override
    public synchronized void close() {
        RuntimeException failure = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        regions.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
