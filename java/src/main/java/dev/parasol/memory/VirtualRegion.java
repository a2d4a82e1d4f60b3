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
 * A region of virtual memory: slots of the driver's granularity, each holding a chunk of physical memory or none. A chunk
 * may lie in several slots at once, of which one is active; a pool changes between them without a call of the driver.
 *
 * <p>Every slot's state is its own: without chunk, with a mapped chunk, with an accessible chunk. Chunks that are
 * mapped nowhere wait among the spares, or for their release. A step that fails leaves each chunk in exactly one of these places, so that
 * nothing is lost, and the next growth or the closing goes on from there.
 */
final class VirtualRegion extends Region {
    private final CudaContext context;
    private final AddressRange range;
    private final long chunkBytes;
    private final Deque<Chunk> spares = new ArrayDeque<>();
    /** Chunks that are being given back; one whose release was refused can only be released again. */
    private final Deque<Chunk> closing = new ArrayDeque<>();
    private final BitSet accessible = new BitSet();
    private final BitSet occupied = new BitSet();
    private long searches;
    private Chunk[] slots = new Chunk[16];
    /** Chunks that lie in some slot. */
    private int mappedChunks;
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

    /** The chunk of a slot that can be read and written, or null when the slot has none. */
    synchronized Chunk usable(int slot) {
        return accessible.get(slot) ? slots[slot] : null;
    }

    /** The chunks of slots that can be read and written. */
    synchronized List<Chunk> chunks(int first, int count) {
        return List.of(Arrays.copyOfRange(slots, first, first + count));
    }

    /** Slots that hold a chunk which lies in another slot too, counting all but one of each chunk. */
    synchronized int views() {
        return occupied.cardinality() - mappedChunks;
    }

    /** The lowest slot from {@code from} on with which so many begin that have no chunk, or -1. */
    synchronized int vacantRun(int from, int count) {
        long all = capacity() / chunkBytes;
        int first = occupied.nextClearBit(from);
        for (int end = occupied.nextSetBit(first); end >= 0 && end - first < count; end = occupied.nextSetBit(first)) {
            first = occupied.nextClearBit(end);
        }
        return first + (long) count <= all ? first : -1;
    }

    /**
     * The first of the lowest {@code wanted} slots side by side whose chunks are different ones, and which can be
     * read and written; -1 when there are none.
     *
     * @param free the active slots of the chunks that may be taken
     */
    synchronized int find(BitSet free, int wanted) {
        searches++;
        int first = 0;
        for (int slot = accessible.nextSetBit(0); slot >= 0; slot = accessible.nextSetBit(slot + 1)) {
            Chunk chunk = slots[slot];
            if (!free.get(chunk.active)) {
                first = slot + 1;
                continue;
            }
            if (slot > 0 && !accessible.get(slot - 1)) {
                first = slot;
            }
            if (chunk.search == searches && chunk.met >= first) {
                first = chunk.met + 1;
            }
            chunk.search = searches;
            chunk.met = slot;
            if (slot + 1 - first == wanted) {
                return first;
            }
        }
        return -1;
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
                spares.addFirst(new Chunk(new PhysicalChunk(context, chunkBytes)));
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
                    vacateAll(slots[slot]);
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
     * Puts chunks, which stay where they are, also into the slots from {@code first} on, which are vacant. The new slots
     * are not active. Either all chunks are there then, or a call of the driver failed and none is; a slot whose chunk
     * could not be taken away again is neither vacant nor usable.
     */
    synchronized void alias(List<Chunk> chunks, int first) {
        int end = first;
        try {
            for (Chunk chunk : chunks) {
                put(chunk, end++);
            }
            giveAccess(first, end);
            for (int i = 0; i < chunks.size(); i++) {
                count(MemoryCounter.REMAP);
            }
        } catch (CudaException e) {
            try {
                for (int slot = first; slot < end; slot++) {
                    if (chunk(slot) != null) {
                        vacate(slot);
                    }
                }
            } catch (CudaException again) {
                e.addSuppressed(again);
            }
            throw e;
        } finally {
            updateCounts();
        }
    }

    /** Empties every slot that is neither active nor a home. Nothing may be using the region. */
    synchronized void dropInactive() {
        try {
            for (int slot = 0; slot < slots.length; slot++) {
                if (slots[slot] != null && slots[slot].active != slot && slots[slot].home != slot) {
                    vacate(slot);
                }
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
                leave(slot);
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
        put(spares.getFirst(), slot);
        Chunk chunk = spares.removeFirst();
        chunk.home = slot;
        chunk.active = slot;
        mappedChunks++;
    }

    private void put(Chunk chunk, int slot) {
        count(MemoryCounter.MAP);
        range.map(slot * chunkBytes, chunk.memory);
        if (slot >= slots.length) {
            slots = Arrays.copyOf(slots, Math.max(slot + 1, slots.length * 2));
        }
        slots[slot] = chunk;
        occupied.set(slot);
        chunk.slots.set(slot);
    }

    private void vacateAll(Chunk chunk) {
        for (int slot = chunk.slots.nextSetBit(0); slot >= 0; slot = chunk.slots.nextSetBit(0)) {
            vacate(slot);
        }
    }

    private void vacate(int slot) {
        // Before the memory goes, so that nobody finds it usable meanwhile; updateCounts puts it right if it stays.
        usablePrefix = Math.min(usablePrefix, slot * chunkBytes);
        generation++;
        count(MemoryCounter.UNMAP);
        range.unmap(slot * chunkBytes, chunkBytes);
        leave(slot);
    }

    /** Notes that a slot has lost its chunk, which becomes a spare one when that was its last. */
    private void leave(int slot) {
        Chunk chunk = slots[slot];
        accessible.clear(slot);
        slots[slot] = null;
        occupied.clear(slot);
        chunk.slots.clear(slot);
        if (chunk.slots.isEmpty()) {
            chunk.active = -1;
            chunk.home = -1;
            spares.addFirst(chunk);
            mappedChunks--;
        }
    }

    private void releaseSpares(int number) {
        for (int i = 0; i < number; i++) {
            closing.add(spares.removeFirst());
        }
        while (!closing.isEmpty()) {
            count(MemoryCounter.RELEASE);
            closing.getFirst().memory.close();
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

    private Chunk chunk(int slot) {
        return slot < slots.length ? slots[slot] : null;
    }

    private void updateCounts() {
        mapped = mappedChunks * chunkBytes;
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
