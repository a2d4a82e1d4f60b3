package dev.parasol.memory;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.MemoryInfo;
import dev.parasol.cuda.VirtualMemory;
import java.util.List;

/**
 * A range of device addresses under which memory is put as it is needed, from the bottom up, and from which it is taken
 * again from the top down.
 *
 * <p>With virtual memory ({@link #virtual()}) the range is reserved once and addresses never move: the region may grow
 * while kernels use what was there before. Where the driver has no virtual memory, the region is one plain allocation
 * that is replaced by a larger one on growth, its content copied: {@link #address()} changes then, growth waits for the
 * device, and nothing else may be using the region meanwhile.
 *
 * <p>Any call of the driver that fails leaves the region as it was before, with nothing leaked. Thread-safe, but whoever
 * trims must know that nothing above the cut is in use any more.
 */
public abstract sealed class Region implements AutoCloseable permits VirtualRegion, PlainRegion {
    private final String name;
    private final Budget budget;
    private final long capacity;
    private volatile long used;
    private volatile long peak;
    private volatile List<MemoryReport.Holder> holders = List.of();

    Region(String name, Budget budget, long capacity) {
        this.name = name;
        this.budget = budget;
        this.capacity = capacity;
    }

    /**
     * Opens a region. No memory is held yet.
     *
     * @param name what the report calls it
     * @param maxBytes bytes that it can ever hold; address space costs nothing
     */
    public static Region open(CudaContext context, Budget budget, String name, long maxBytes) {
        if (maxBytes <= 0) {
            throw new IllegalArgumentException("region '" + name + "' of " + maxBytes + " bytes");
        }
        // Known before the first growth, so that one which the capacity refuses can say what there is.
        MemoryInfo memory = context.memoryInfo();
        budget.observeDevice(memory.free(), memory.total());
        if (VirtualMemory.supported(context)) {
            return VirtualRegion.reserve(context, budget, name, maxBytes);
        }
        PlainRegion.announce(context.spec());
        return PlainRegion.empty(context, budget, name, maxBytes);
    }

    /** The name in reports. */
    public final String name() {
        return name;
    }

    /** The budget that pays. */
    public final Budget budget() {
        return budget;
    }

    /** The most bytes that it can ever hold. */
    public final long capacity() {
        return capacity;
    }

    /** Device address of the first byte; 0 for a region without virtual memory that holds nothing yet. */
    public abstract long address();

    /** Bytes of device memory under the range now, whole chunks. */
    public abstract long mapped();

    /** Whether this is virtual memory, whose addresses never move. */
    public abstract boolean virtual();

    /**
     * Changes whenever an address that was good before may be so no longer (memory taken away, or all of it moved).
     * A captured graph that holds addresses of this region is good only for the generation it was captured in.
     */
    public abstract long generation();

    /**
     * Makes the bytes {@code [0, bytes)} usable and notes that so many are in use. Makes no call of the driver when they
     * are usable already.
     *
     * @throws DeviceMemoryExhausted when the budget or the device has too little left, or when that is more than
     *     {@link #capacity()}; the region is as before then
     */
    public final void ensure(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative size: " + bytes);
        }
        if (bytes > capacity) {
            // A region's capacity is what its device has, so more than that is memory that nobody can ever give back.
            throw budget().exhausted(name, bytes - mapped(), null);
        }
        grow(bytes);
        recordUse(bytes);
    }

    /** Gives back what lies above the first {@code bytes}, as far as whole chunks allow. */
    public final void trim(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative size: " + bytes);
        }
        shrink(bytes);
        used = Math.min(used, bytes);
    }

    /** Bytes in use, as last said by {@link #ensure} or {@link #recordUse}. */
    public final long used() {
        return used;
    }

    /** The most bytes that were ever in use. */
    public final long peak() {
        return peak;
    }

    /** Notes how many bytes are in use, where that is known better than by {@link #ensure}. */
    public final synchronized void recordUse(long bytes) {
        used = bytes;
        peak = Math.max(peak, bytes);
    }

    /** Names what lies in the region, for reports; a later call replaces the list. */
    public final void describe(List<MemoryReport.Holder> largest) {
        holders = List.copyOf(largest);
    }

    final List<MemoryReport.Holder> holders() {
        return holders;
    }

    /** The unit in which memory comes and goes, in bytes. */
    abstract long step();

    /** Makes the bytes {@code [from, to)} usable, and no others; both are multiples of {@link #step()}, within the capacity. */
    abstract void map(long from, long to);

    abstract void grow(long bytes);

    abstract void shrink(long bytes);

    /** Gives everything back. Nothing of the region may be in use. A second call does nothing. */
    @Override
    public abstract void close();

    @Override
    public String toString() {
        return "region '" + name + "' of " + MemoryReport.size(mapped());
    }
}
