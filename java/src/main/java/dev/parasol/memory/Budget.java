package dev.parasol.memory;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import java.util.List;
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
    private final WorkTurns turns = new WorkTurns();
    private final AtomicLongArray counters = new AtomicLongArray(MemoryCounter.values().length);
    private long limit;
    private long used;
    private long peak;
    private long deviceFree = -1;
    private long deviceTotal = -1;

    private Budget(long limit) {
        limitTo(limit);
    }

    /** A budget of its own, shared by those to whom it is handed. */
    public static Budget ofBytes(long limit) {
        return new Budget(limit);
    }

    /**
     * The budget of the context's device, one in this process. It has no limit but the device's own until
     * {@link #limitTo} sets one.
     */
    public static Budget of(CudaContext context) {
        return PROCESS_WIDE.computeIfAbsent(context.spec(), device -> new Budget(Long.MAX_VALUE));
    }

    /** Sets the limit. What is held beyond it stays, but nothing more is granted until it is given back. */
    public synchronized void limitTo(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative memory limit: " + bytes);
        }
        limit = bytes;
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
    public synchronized boolean tryReserve(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative size: " + bytes);
        }
        if (bytes > limit - used) {
            return false;
        }
        used += bytes;
        peak = Math.max(peak, used);
        return true;
    }

    /** Gives {@code bytes} back. */
    public synchronized void release(long bytes) {
        if (bytes < 0 || bytes > used) {
            throw new IllegalArgumentException("giving back " + bytes + " of " + used + " bytes");
        }
        used -= bytes;
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

    /**
     * The most that can still be had, in bytes: the rest of the budget, and no more than the device had free when that
     * was last asked, which happens on growth only.
     */
    public synchronized long available() {
        long left = Math.max(0, limit - used);
        return deviceFree < 0 ? left : Math.min(left, deviceFree);
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

    /** Counts one more. Retries and splits are also told to the Flight Recorder. */
    public void add(MemoryCounter counter) {
        counters.incrementAndGet(counter.ordinal());
        if (counter == MemoryCounter.RETRY || counter == MemoryCounter.SPLIT) {
            MemoryEvents.Retry event = new MemoryEvents.Retry();
            event.holder = "budget";
            event.free = available();
            event.step = counter == MemoryCounter.RETRY ? "again" : "divided";
            event.commit();
        }
    }

    /** Who holds what now. */
    public MemoryReport report() {
        return MemoryReport.of(this);
    }

    DeviceMemoryExhausted exhausted(String holder, long requested, Throwable cause) {
        return new DeviceMemoryExhausted(holder, requested, available(), report(), cause);
    }

    synchronized void observeDevice(long free, long total) {
        deviceFree = free;
        deviceTotal = total;
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
