package dev.parasol.memory;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.VirtualMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The device memory of one recognizer, a region for each purpose: weights packed in one, a slab of activations for each
 * stream in flight, persistent state, staging, and a pool for what cannot be planned. Regions are opened when first
 * asked for, and each can grow to the device's size, since address space costs nothing.
 *
 * <p>Thread-safe.
 */
public final class MemorySystem implements AutoCloseable {
    /** A pool maps the same chunks under many addresses, so it has more of these than there is memory. */
    static final int POOL_ADDRESSES = 32;

    private final CudaContext context;
    private final Budget budget;
    private final String prefix;
    private final long capacity;
    private final long chunkBytes;
    private BlockPool pool;
    private final Map<String, Region> regions = new ConcurrentHashMap<>();
    private final Deque<Region> opened = new ArrayDeque<>();

    /** Memory in {@code context}, paid from {@code budget}. Holds nothing yet. */
    public MemorySystem(CudaContext context, Budget budget) {
        this(context, budget, "");
    }

    /** @param owner whose memory it is, in a word, which stands before the regions' names in reports; empty where that is clear */
    public MemorySystem(CudaContext context, Budget budget, String owner) {
        this.context = context;
        this.budget = budget;
        this.prefix = owner.isEmpty() ? "" : owner + ": ";
        this.capacity = context.memoryInfo().total();
        this.chunkBytes = VirtualMemory.supported(context) ? VirtualMemory.granularity(context) : 1;
    }

    /** The model's weights, all of them. */
    public Region weights() {
        return region("weights");
    }

    /** The activations of one forward pass on stream {@code stream}, counted from 0. */
    public Region slab(int stream) {
        return region("slab " + stream);
    }

    /** What lives as long as the recognizer: tables, caches. */
    public Region state() {
        return region("state");
    }

    /** Where weights pass through on their way; give it back by {@code trim(0)} after loading. */
    public Region staging() {
        return region("staging");
    }

    /** For what cannot be planned. Debug mode is on when the system property {@code parasol.memory.debug} is true. */
    public synchronized BlockPool pool() {
        if (pool == null) {
            Region region = Region.open(context, budget, prefix + "pool", POOL_ADDRESSES * capacity);
            pool = new BlockPool(context, region, Boolean.getBoolean("parasol.memory.debug"));
        }
        return pool;
    }

    /** Bytes that are mapped for {@code bytes} of a region: whole chunks. */
    public long mapped(long bytes) {
        return Alignment.up(bytes, chunkBytes);
    }

    /** Bytes that are mapped for weights and state. */
    public long fixed() {
        return Stream.of("weights", "state").map(regions::get).filter(Objects::nonNull).mapToLong(Region::mapped).sum();
    }

    /** Bytes that {@link #trim} would give back at least. */
    public synchronized long idle() {
        return pool == null ? 0 : pool.statistics().reserved() - Alignment.up(pool.statistics().live(), chunkBytes);
    }

    /** Gives the pool's unused chunks back, after waiting for the streams that used them. */
    public synchronized void trim() {
        if (pool != null) {
            pool.trim();
        }
    }

    /** Moves blocks of the pool together until {@code bytes} in whole chunks are unused, as far as that can be, and gives those back. */
    public synchronized void defragment(long bytes) {
        if (pool != null) {
            pool.defragment(Math.min(bytes, pool.statistics().free()));
            pool.trim();
        }
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
            Region region = Region.open(context, budget, prefix + key, capacity);
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
            failure = close(opened.pop()::close, failure);
        }
        if (pool != null) {
            failure = close(pool::close, failure);
        }
        regions.clear();
        pool = null;
        if (failure != null) {
            throw failure;
        }
    }

    private static RuntimeException close(Runnable closing, RuntimeException failure) {
        try {
            closing.run();
        } catch (RuntimeException e) {
            if (failure == null) {
                return e;
            }
            failure.addSuppressed(e);
        }
        return failure;
    }
}
