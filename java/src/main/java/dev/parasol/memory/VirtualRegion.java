package dev.parasol.memory;

import dev.parasol.cuda.AddressRange;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.PhysicalChunk;
import dev.parasol.cuda.VirtualMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * A region of virtual memory: slots of the driver's granularity, each holding a chunk of physical memory or none.
 *
 * <p>Every slot's state is its own: without chunk, with a mapped chunk, with an accessible chunk. Chunks that are
 * mapped nowhere wait among the spares, or for their release. A step that fails leaves each chunk in exactly one of these places, so that
 * nothing is lost, and the next growth or the closing goes on from there.
 */
final class VirtualRegion extends Region {
    private final CudaContext context;
    private final AddressRange range;
    private final long chunkBytes;
    private final Deque<PhysicalChunk> spares = new ArrayDeque<>();
    /** Chunks that are being given back; one whose release was refused can only be released again. */
    private final Deque<PhysicalChunk> closing = new ArrayDeque<>();
    private final BitSet accessible = new BitSet();
    private PhysicalChunk[] slots = new PhysicalChunk[16];
    private int mappedSlots;
    private volatile long usablePrefix;
    private volatile long mapped;
    private volatile long generation;
    private boolean closed;

    private VirtualRegion(CudaContext context, Budget budget, String name, AddressRange range, long chunkBytes) {
        super(name, budget, range.size());
        this.context = context;
        this.range = range;
        this.chunkBytes = chunkBytes;
    }

    static VirtualRegion reserve(CudaContext context, Budget budget, String name, long maxBytes) {
        long chunkBytes = VirtualMemory.granularity(context);
        budget.add(MemoryCounter.RESERVE);
        AddressRange range = new AddressRange(context, Alignment.up(maxBytes, chunkBytes));
        VirtualRegion region = new VirtualRegion(context, budget, name, range, chunkBytes);
        budget.add(region);
        return region;
    }

    @Override
    public long address() {
        return range.address();
    }

    @Override
    public long mapped() {
        return mapped;
    }

    @Override
    public boolean virtual() {
        return true;
    }

    @Override
    public long generation() {
        return generation;
    }

    @Override
    long step() {
        return chunkBytes;
    }

    /** Whether the slot that begins at {@code index * step()} can be read and written. */
    synchronized boolean usable(int index) {
        return accessible.get(index);
    }

    @Override
    void grow(long bytes) {
        if (bytes > usablePrefix) {
            map(0, bytes);
        }
    }

    @Override
    void shrink(long bytes) {
        unmap(bytes, capacity());
    }

    /** Makes every slot usable that the bytes {@code [from, to)} touch. */
    @Override
    synchronized void map(long from, long to) {
        checkOpen();
        int first = (int) (from / chunkBytes);
        int end = (int) Alignment.count(to, chunkBytes);
        int wanted = 0;
        boolean complete = true;
        for (int slot = first; slot < end; slot++) {
            wanted += chunk(slot) == null ? 1 : 0;
            complete &= accessible.get(slot);
        }
        if (complete) {
            return;
        }
        MemoryEvents.Growth event = new MemoryEvents.Growth();
        event.begin();
        long before = mapped;
        int create = Math.max(0, wanted - spares.size());
        int created = 0;
        takeFromBudget(create * chunkBytes);
        List<Integer> filled = new ArrayList<>(wanted);
        try {
            for (; created < create; created++) {
                count(MemoryCounter.CREATE);
                spares.addFirst(new PhysicalChunk(context, chunkBytes));
            }
            for (int slot = first; slot < end; slot++) {
                if (chunk(slot) == null) {
                    fill(slot);
                    filled.add(slot);
                }
            }
            giveAccess(first, end);
            event.succeeded = true;
        } catch (CudaException e) {
            undo(filled, created, e);
            throw e.outOfMemory() ? budget().exhausted(name(), create * chunkBytes, e) : e;
        } finally {
            budget().release((create - created) * chunkBytes);
            updateCounts();
            event.holder = name();
            event.before = before;
            event.after = mapped;
            event.commit();
        }
    }

    /** Takes away every chunk that lies wholly within {@code [from, to)} and gives it back to the driver. */
    synchronized void unmap(long from, long to) {
        MemoryEvents.Trim event = new MemoryEvents.Trim();
        event.begin();
        long before = mapped;
        int first = (int) Alignment.count(from, chunkBytes);
        int end = (int) Math.min(to / chunkBytes, slots.length);
        try {
            for (int slot = end - 1; slot >= first; slot--) {
                if (slots[slot] != null) {
                    vacate(slot);
                }
            }
            releaseSpares(spares.size());
        } finally {
            updateCounts();
            if (mapped != before) {
                event.holder = name();
                event.before = before;
                event.after = mapped;
                event.commit();
            }
        }
    }

    /**
     * Carries the chunks within {@code [from, from + bytes)} to {@code [to, to + bytes)} without copying. The content
     * goes with them. All three are multiples of {@link #step()}, the source is mapped and the target is not.
     * When a call of the driver fails, chunks carried so far stay at their new place, and the rest is usable where it was.
     */
    synchronized void remap(long from, long to, long bytes) {
        int count = (int) (bytes / chunkBytes);
        try {
            for (int i = 0; i < count; i++) {
                int source = (int) (from / chunkBytes) + i;
                int target = (int) (to / chunkBytes) + i;
                vacate(source);
                int end = target;
                try {
                    fill(target);
                    end = target + 1;
                    giveAccess(target, end);
                } catch (CudaException e) {
                    bringBack(source, target, end, e);
                    throw e;
                }
                count(MemoryCounter.REMAP);
            }
        } finally {
            updateCounts();
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        try {
            releaseAll();
        } catch (CudaException e) {
            // One refused call must not strand the rest: what is still held is given back before the error is reported.
            releaseAll();
            throw e;
        }
    }

    private void releaseAll() {
        count(MemoryCounter.RELEASE);
        range.close();
        generation++;
        accessible.clear();
        for (int slot = 0; slot < slots.length; slot++) {
            if (slots[slot] != null) {
                spares.add(slots[slot]);
                slots[slot] = null;
                mappedSlots--;
            }
        }
        updateCounts();
        releaseSpares(spares.size());
        closed = true;
        budget().remove(this);
    }

    private void takeFromBudget(long bytes) {
        if (bytes == 0) {
            return;
        }
        var memory = context.memoryInfo();
        budget().observeDevice(memory.free(), memory.total());
        if (bytes > memory.free()) {
            throw budget().exhausted(name(), bytes, null);
        }
        budget().reserve(name(), bytes);
    }

    private void fill(int slot) {
        PhysicalChunk chunk = spares.getFirst();
        count(MemoryCounter.MAP);
        range.map(slot * chunkBytes, chunk);
        spares.removeFirst();
        if (slot >= slots.length) {
            slots = Arrays.copyOf(slots, Math.max(slot + 1, slots.length * 2));
        }
        slots[slot] = chunk;
        mappedSlots++;
    }

    private void vacate(int slot) {
        // Before the memory goes, so that nobody finds it usable meanwhile; updateCounts puts it right if it stays.
        usablePrefix = Math.min(usablePrefix, slot * chunkBytes);
        generation++;
        count(MemoryCounter.UNMAP);
        range.unmap(slot * chunkBytes, chunkBytes);
        accessible.clear(slot);
        spares.addFirst(slots[slot]);
        slots[slot] = null;
        mappedSlots--;
    }

    private void releaseSpares(int number) {
        for (int i = 0; i < number; i++) {
            closing.add(spares.removeFirst());
        }
        while (!closing.isEmpty()) {
            count(MemoryCounter.RELEASE);
            closing.getFirst().close();
            closing.removeFirst();
            budget().release(chunkBytes);
        }
    }

    private void giveAccess(int first, int end) {
        for (int slot = accessible.nextClearBit(first); slot < end; slot = accessible.nextClearBit(slot)) {
            int runEnd = accessible.nextSetBit(slot);
            runEnd = runEnd < 0 ? end : Math.min(runEnd, end);
            count(MemoryCounter.ACCESS);
            range.setAccess(slot * chunkBytes, (runEnd - slot) * chunkBytes);
            accessible.set(slot, runEnd);
        }
    }

    /** Takes back the steps of a growth that failed; what can't be taken back is noted in {@code failure} and kept for later. */
    private void undo(List<Integer> filled, int created, CudaException failure) {
        try {
            for (int i = filled.size() - 1; i >= 0; i--) {
                vacate(filled.get(i));
            }
            releaseSpares(created);
        } catch (CudaException e) {
            failure.addSuppressed(e);
        }
    }

    private void bringBack(int source, int target, int end, CudaException failure) {
        try {
            if (end > target) {
                vacate(target);
            }
            fill(source);
            giveAccess(source, source + 1);
        } catch (CudaException e) {
            failure.addSuppressed(e);
        }
    }

    private PhysicalChunk chunk(int slot) {
        return slot < slots.length ? slots[slot] : null;
    }

    private void updateCounts() {
        mapped = mappedSlots * chunkBytes;
        usablePrefix = accessible.nextClearBit(0) * chunkBytes;
    }

    private void count(MemoryCounter counter) {
        budget().add(counter);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("region '" + name() + "' is closed");
        }
    }
}
