package dev.parasol.memory;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DeviceBuffer;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.MemoryInfo;
import dev.parasol.cuda.Stream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A region where the driver has no virtual memory: one {@code cuMemAlloc} allocation. Growth allocates a larger one,
 * copies, and frees the old, so both are held for a moment; only {@code trim(0)} gives memory back.
 */
final class PlainRegion extends Region {
    /** Allocations are multiples of this, so that small growth does not copy each time. */
    static final long STEP = 2L << 20;

    private static final Set<DeviceSpec> ANNOUNCED = ConcurrentHashMap.newKeySet();

    private final CudaContext context;
    private volatile DeviceBuffer buffer;
    private volatile long generation;

    private PlainRegion(CudaContext context, Budget budget, String name, long capacity) {
        super(name, budget, capacity);
        this.context = context;
    }

    static PlainRegion empty(CudaContext context, Budget budget, String name, long maxBytes) {
        PlainRegion region = new PlainRegion(context, budget, name, Alignment.up(maxBytes, STEP));
        budget.add(region);
        return region;
    }

    /** Says on stderr, once a device, that there is no virtual memory. */
    static void announce(DeviceSpec device) {
        if (ANNOUNCED.add(device)) {
            System.err.println("parasol: " + device + " has no virtual memory management;"
                    + " falling back to cuMemAlloc (regions are copied when they grow)");
        }
    }

    @Override
    public long address() {
        DeviceBuffer current = buffer;
        return current == null ? 0 : current.address();
    }

    @Override
    public long mapped() {
        DeviceBuffer current = buffer;
        return current == null ? 0 : current.size();
    }

    @Override
    public boolean virtual() {
        return false;
    }

    @Override
    public long generation() {
        return generation;
    }

    @Override
    long step() {
        return STEP;
    }

    @Override
    void map(long from, long to) {
        grow(to);
    }

    @Override
    synchronized void grow(long bytes) {
        long before = mapped();
        if (bytes <= before) {
            return;
        }
        MemoryEvents.Growth event = new MemoryEvents.Growth();
        event.begin();
        long size = Alignment.up(bytes, STEP);
        DeviceBuffer larger = allocate(size);
        try {
            if (before > 0) {
                copy(larger, before);
                budget().add(MemoryCounter.FREE);
                buffer.close();
                budget().release(before);
            }
        } catch (CudaException e) {
            larger.close();
            budget().release(size);
            throw e;
        }
        buffer = larger;
        generation++;
        event.holder = name();
        event.before = before;
        event.after = size;
        event.succeeded = true;
        event.commit();
    }

    @Override
    synchronized void shrink(long bytes) {
        DeviceBuffer current = buffer;
        if (bytes > 0 || current == null) {
            return;
        }
        MemoryEvents.Trim event = new MemoryEvents.Trim();
        event.begin();
        budget().add(MemoryCounter.FREE);
        current.close();
        buffer = null;
        generation++;
        budget().release(current.size());
        event.holder = name();
        event.before = current.size();
        event.commit();
    }

    @Override
    public synchronized void close() {
        shrink(0);
        budget().remove(this);
    }

    private DeviceBuffer allocate(long size) {
        MemoryInfo memory = context.memoryInfo();
        budget().observeDevice(memory.free(), memory.total());
        budget().reserve(name(), size);
        try {
            budget().add(MemoryCounter.ALLOCATE);
            return context.allocate(size);
        } catch (CudaException e) {
            budget().release(size);
            throw e.outOfMemory() ? budget().exhausted(name(), size, e) : e;
        }
    }

    private void copy(DeviceBuffer larger, long bytes) {
        // Work on other streams may still write what is about to be copied.
        context.synchronize();
        try (Stream stream = context.newStream()) {
            stream.copyOnDevice(larger.address(), buffer.address(), bytes);
            stream.synchronize();
        }
    }
}
