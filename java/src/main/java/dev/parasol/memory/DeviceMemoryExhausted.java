package dev.parasol.memory;

/**
 * Device memory, or the budget for it, does not suffice. This is an ordinary and recoverable answer: whatever threw it
 * is as usable as before, and the same request may succeed once something was given back.
 */
public final class DeviceMemoryExhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long requested;
    private final long free;
    private final transient MemoryReport report;

    DeviceMemoryExhausted(String holder, long requested, long free, MemoryReport report, Throwable cause) {
        super("out of device memory: " + holder + " asked for " + MemoryReport.size(requested) + " more, free are "
                + MemoryReport.size(free) + report.largestHolders(), cause);
        this.requested = requested;
        this.free = free;
        this.report = report;
    }

    /** Bytes that were asked for, in addition to what the holder had. */
    public long requested() {
        return requested;
    }

    /** Bytes that could still be had at that time: the lesser of the rest of the budget and the device's free memory. */
    public long free() {
        return free;
    }

    /** Who held the memory at that time. */
    public MemoryReport report() {
        return report;
    }
}
