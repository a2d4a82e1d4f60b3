package dev.parasol.memory;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The account of a device's memory: how much may be held, how much is held, and by whom. Everything of this package
 * reserves here before it asks the driver, and gives back after the driver took it back, so several recognizers that
 * share a budget share its limit.
 *
 * <p>Thread-safe. Sizes are bytes of physical memory, whole chunks included.
 */
public final class Budget {
    private static final Map<DeviceSpec, Budget> PROCESS_WIDE = new ConcurrentHashMap<>();

    private final Set<Region> regions = ConcurrentHashMap.newKeySet();
    private final WorkTurns turns = new WorkTurns(this);
    private final AtomicLongArray counters = new AtomicLongArray(MemoryCounter.values().length);
    private long limit;
    private long used;
    private long peak;
    private long deviceFree = -1;
    private long deviceTotal = -1;

    /** The limit, until it is known of what it is a share. */
    private MemoryLimit share;

    private Budget(long limit) {
        limitTo(limit);
    }

    /** A budget of its own, shared by those to whom it is handed. */
    public static Budget ofBytes(long limit) {
        return new Budget(limit);
    }

    /**
     * A budget of its own, shared by those to whom it is handed.
     *
     * @param limit a size, or a share of the first device that memory is asked of
     */
    public static Budget of(MemoryLimit limit) {
        Budget budget = new Budget(limit.isShare() ? Long.MAX_VALUE : limit.bytes(0));
        budget.share = limit.isShare() ? limit : null;
        return budget;
    }

    /** {@link #of(MemoryLimit)} of a text such as {@code 1GiB} or {@code 50%}. */
    public static Budget of(String limit) {
        return of(MemoryLimit.parse(limit));
    }

    /**
     * The budget of the context's device, one in this process. It has no limit but the device's own until
     * {@link #limitTo} sets one.
     */
    public static Budget of(CudaContext context) {
        return PROCESS_WIDE.computeIfAbsent(context.spec(), device -> new Budget(Long.MAX_VALUE));
    }

    /** Sets the limit. What is held beyond it stays, but nothing more is granted until it is given back. */
    public void limitTo(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative memory limit: " + bytes);
        }
        synchronized (this) {
            limit = bytes;
            share = null;
        }
        turns.changed();
    }

    /**
     * Takes {@code bytes} from the budget.
     *
     * @throws DeviceMemoryExhausted when less than that is left; nothing is taken then
     */
    public void reserve(long bytes) {
        reserve("a caller", bytes);
    }

    void reserve(String holder, long bytes) {
        if (!tryReserve(bytes)) {
            throw exhausted(holder, bytes, null);
        }
    }

    /** Like {@link #reserve(long)}, but says false instead of throwing. */
    public boolean tryReserve(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative size: " + bytes);
        }
        synchronized (this) {
            if (bytes > limit - used) {
                return false;
            }
            used += bytes;
            peak = Math.max(peak, used);
        }
        if (bytes > 0) {
            turns.taken(bytes);
        }
        return true;
    }

    /** Gives {@code bytes} back. */
    public void release(long bytes) {
        synchronized (this) {
            if (bytes < 0 || bytes > used) {
                throw new IllegalArgumentException("giving back " + bytes + " of " + used + " bytes");
            }
            used -= bytes;
        }
        if (bytes > 0) {
            turns.changed();
        }
    }

    /** The turns of those who work with this budget's memory. */
    public WorkTurns turns() {
        return turns;
    }

    /** Bytes held now. */
    public synchronized long used() {
        return used;
    }

    /** The most that was ever held, in bytes. */
    public synchronized long peak() {
        return peak;
    }

    /** The limit in bytes; {@link Long#MAX_VALUE} when there is none. */
    public synchronized long limit() {
        return limit;
    }

    /** What the limit leaves, in bytes; the device may have less. */
    public synchronized long left() {
        return Math.max(0, limit - used);
    }

    /**
     * The most that can still be had, in bytes: the rest of the budget, and no more than the device had free when that
     * was last asked, which happens on growth only.
     */
    public synchronized long available() {
        return deviceFree < 0 ? left() : Math.min(left(), deviceFree);
    }

    /** How often {@code counter} happened. */
    public long count(MemoryCounter counter) {
        return counters.get(counter.ordinal());
    }

    /** Calls of the driver for memory so far. */
    public long driverCalls() {
        long sum = 0;
        for (MemoryCounter counter : MemoryCounter.values()) {
            sum += counter.driverCall() ? count(counter) : 0;
        }
        return sum;
    }

    void add(MemoryCounter counter) {
        counters.incrementAndGet(counter.ordinal());
    }

    /** Counts a step of {@code task}'s dealing with too little memory, and tells the Flight Recorder. */
    void step(MemoryCounter counter, WorkTask task, long freed) {
        add(counter);
        MemoryEvents.Step event = new MemoryEvents.Step();
        if (event.isEnabled()) {
            event.holder = task.toString();
            event.step = counter.name().toLowerCase(Locale.ROOT);
            event.freed = freed;
            event.left = left();
            event.age = task.age();
            event.commit();
        }
    }

    /** Who holds what, and who waits, now. */
    public MemoryReport report() {
        return MemoryReport.of(this);
    }

    /** What to throw when {@code holder} lacks {@code requested} bytes. */
    public DeviceMemoryExhausted exhausted(String holder, long requested, Throwable cause) {
        return new DeviceMemoryExhausted(holder, requested, available(), report(), cause);
    }

    synchronized void observeDevice(long free, long total) {
        deviceFree = free;
        deviceTotal = total;
        if (share != null) {
            limit = share.bytes(total);
            share = null;
        }
    }

    synchronized long deviceFree() {
        return deviceFree;
    }

    synchronized long deviceTotal() {
        return deviceTotal;
    }

    void add(Region region) {
        regions.add(region);
    }

    void remove(Region region) {
        regions.remove(region);
    }

    List<Region> regions() {
        return List.copyOf(regions);
    }
}
