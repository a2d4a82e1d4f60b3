package dev.parasol.memory;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.Event;
import dev.parasol.cuda.Stream;
import java.util.ArrayList;
import java.util.List;

/**
 * Device memory in blocks of any size, for what cannot be planned: best fit with coalescing over a {@link Region} that
 * grows when nothing free is large enough. Blocks are aligned to 256 bytes.
 *
 * <p>Users hold handles, which carry a generation: a handle that was given back, given back twice or taken from another
 * pool is always recognized. Addresses are asked for when something is launched, and are good for that launch only.
 *
 * <p>Memory is given back in the order of a stream: what was launched there before may still be using it, and what is
 * launched there later may have it at once. Another stream gets it after being made to wait by an event. Whoever used a
 * block on several streams orders them before giving it back.
 *
 * <p>Thread-safe.
 */
public final class BlockPool implements AutoCloseable {
    private final CudaContext context;
    private final Region region;
    private final BlockIndex index;
    private final HandleTable handles = new HandleTable();
    private final BlockGraphs graphs = new BlockGraphs();
    private final BlockGuard guard;
    private final List<Stream> streams = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final ChunkMover mover;
    private final BlockMover blockMover;
    private long generation;
    private long peakLive;
    private long allocations;

    /**
     * A pool over a region that nobody else uses, and that the pool closes.
     *
     * @param debug whether to surround blocks by red zones, fill them with patterns, keep stacks and hold freed blocks
     *     back for a while: finds writes outside blocks and after their end; slow, and every call waits for the device
     */
    public BlockPool(CudaContext context, Region region, boolean debug) {
        this.context = context;
        this.region = region;
        this.index = new BlockIndex(region.step(), this::order);
        this.guard = debug ? new BlockGuard(context) : null;
        this.mover = new ChunkMover(region, index, this::order);
        this.blockMover = new BlockMover(context, region, index, handles, graphs);
    }

    /**
     * What the pool holds, in bytes.
     *
     * @param allocations how many there were
     * @param moved copied to other places so far
     */
    public record Statistics(long live, long peakLive, long reserved, long free, long largestFree, long allocations,
                             long moved) {
        /** Share of the free memory that the largest request cannot have; 0 when nothing is free. */
        public double fragmentation() {
            return free == 0 ? 0 : 1 - (double) largestFree / free;
        }
    }

    /** Makes a stream known; the number stands for it from then on. It must live until {@link #detach} or the pool's end. */
    public synchronized int attach(Stream stream) {
        int number = index.addStream();
        streams.add(stream);
        events.add(null);
        return number;
    }

    /** Ends the use of a stream, after waiting for what was launched there. What it freed serves the others. */
    public synchronized void detach(int stream) {
        if (streams.get(stream) != null) {
            emptyQuarantine();
            streams.get(stream).synchronize();
            closeEvent(stream);
            streams.set(stream, null);
        }
    }

    /**
     * A block of at least {@code bytes} for use in the stream's order.
     *
     * @return its handle
     * @throws DeviceMemoryExhausted when nothing free is large enough and the region cannot grow; nothing has changed then
     */
    public synchronized long allocate(long bytes, int stream) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("a block of " + bytes + " bytes");
        }
        checkStream(stream);
        if (bytes > region.capacity()) {
            throw region.budget().exhausted(region.name(), bytes, null);
        }
        long size = Alignment.up(guard == null ? bytes : guard.padded(bytes), Alignment.BYTES);
        Block block = index.allocate(size, stream);
        if (block == null && guard != null && guard.holdsBack()) {
            emptyQuarantine();
            block = index.allocate(size, stream);
        }
        if (block == null) {
            if (!region.virtual()) {
                graphs.invalidateAll();
            }
            mover.makeRoom(size, stream, this::settleAll);
            block = index.allocate(size, stream);
        }
        long handle = handles.add(block);
        if (guard != null) {
            arm(handle, block, bytes, stream);
        }
        allocations++;
        peakLive = Math.max(peakLive, index.liveBytes());
        region.recordUse(index.liveBytes());
        MemoryEvents.Allocation event = new MemoryEvents.Allocation();
        if (event.isEnabled()) {
            event.holder = region.name();
            event.offset = block.offset;
            event.size = size;
            event.stream = stream;
            event.commit();
        }
        return handle;
    }

    /**
     * Gives a block back in the stream's order.
     *
     * @throws BlockMisuse when the handle is not good, or, in debug mode, when something was written outside the block
     */
    public synchronized void free(long handle, int stream) {
        checkStream(stream);
        Block block = handles.get(handle);
        if (block == null) {
            throw handles.misuse(handle, true, guard == null ? null : guard.history(handle));
        }
        if (guard != null) {
            guard.disarm(handle, block, base(), streams.get(stream));
        }
        graphs.invalidate(block);
        handles.remove(handle);
        MemoryEvents.Free event = new MemoryEvents.Free();
        if (event.isEnabled()) {
            event.holder = region.name();
            event.offset = block.offset;
            event.size = block.size;
            event.stream = stream;
            event.commit();
        }
        if (guard == null) {
            release(block, stream);
        } else {
            guard.quarantine(block, stream, base(), streams.get(stream), this::release);
        }
        region.recordUse(index.liveBytes());
    }

    /**
     * The device address of a block now, for one launch: it is not kept, since the block may move.
     *
     * @throws BlockMisuse when the handle is not good
     */
    public synchronized long address(long handle) {
        return base() + block(handle).offset + (guard == null ? 0 : BlockGuard.ZONE);
    }

    /** Bytes of a block, at least what was asked for. */
    public synchronized long size(long handle) {
        return block(handle).size - (guard == null ? 0 : 2 * BlockGuard.ZONE);
    }

    /** What the pool holds now. */
    public synchronized Statistics statistics() {
        long largest = 0;
        for (Block block = index.lowest(); block != null; block = block.above) {
            largest = block.free ? Math.max(largest, block.size) : largest;
        }
        return new Statistics(index.liveBytes(), peakLive, region.mapped(), index.freeBytes(), largest, allocations,
                blockMover.moved());
    }

    /** Gives every chunk back to the driver that no block uses, wherever it lies, after waiting for the streams that used it. */
    public synchronized void trim() {
        emptyQuarantine();
        mover.release(this::settle);
    }

    /**
     * Makes room for a block of {@code bytes} that finds none, by moving small blocks out of sparsely used chunks, whose
     * memory {@link #allocate} then puts together. Waits for all attached streams. Addresses that were asked for before are
     * not good any more when something was moved: {@link #generation} tells. Graphs made by {@link #graph} that hold a block
     * are destroyed before it moves, and recorded again when they are launched next.
     *
     * <p>While this runs nobody may be between asking for an address and launching with it.
     *
     * @return bytes that were copied
     */
    public synchronized long defragment(long bytes) {
        if (!region.virtual() || streams.stream().allMatch(stream -> stream == null)) {
            return 0;
        }
        emptyQuarantine();
        settleAll();
        int home = -1;
        for (int stream = 0; stream < streams.size(); stream++) {
            home = streams.get(stream) == null ? home : stream;
        }
        long before = blockMover.moved();
        try {
            blockMover.empty(Alignment.up(bytes, region.step()), home);
        } finally {
            mover.goHome();
            generation += blockMover.moved() > before ? 1 : 0;
        }
        return blockMover.moved() - before;
    }

    /**
     * A graph that works on blocks of this pool, for launching any number of times: see {@link BlockGraph}.
     *
     * @param blocks handles of all blocks whose addresses it holds
     * @throws BlockMisuse when a handle is not good
     */
    public synchronized BlockGraph graph(BlockGraph.Recorder recorder, long... blocks) {
        for (long handle : blocks) {
            block(handle);
        }
        BlockGraph graph = new BlockGraph(this, recorder, blocks);
        graphs.add(graph);
        return graph;
    }

    /** Changes whenever the address of a block in use may have changed, after {@link #defragment} or by the region's growth without virtual memory. */
    public synchronized long generation() {
        return generation + (region.virtual() ? 0 : region.generation());
    }

    /** Closes the region. Streams that were attached must still be open. Blocks in use end with it. */
    @Override
    public synchronized void close() {
        graphs.invalidateAll();
        for (int stream = 0; stream < events.size(); stream++) {
            closeEvent(stream);
        }
        region.close();
    }

    /** An attached stream. The pool's lock is held. */
    Stream stream(int number) {
        checkStream(number);
        return streams.get(number);
    }

    /** A graph was closed. The pool's lock is held. */
    void forget(BlockGraph graph) {
        graphs.remove(graph);
    }

    BlockIndex index() {
        return index;
    }

    Region region() {
        return region;
    }

    private Block block(long handle) {
        Block block = handles.get(handle);
        if (block == null) {
            throw handles.misuse(handle, false, guard == null ? null : guard.history(handle));
        }
        return block;
    }

    private long base() {
        return region.address();
    }

    private void arm(long handle, Block block, long bytes, int stream) {
        try {
            guard.arm(handle, block, bytes, base(), streams.get(stream));
        } catch (CudaException e) {
            handles.remove(handle);
            release(block, stream);
            throw e;
        }
    }

    private void release(Block block, int stream) {
        mover.goHome(index.free(block, stream));
    }

    private void emptyQuarantine() {
        if (guard != null) {
            guard.releaseAll(base(), this::release);
        }
    }

    /** Waits until nothing that was launched in the stream can still be using what was freed there. */
    private void settle(int stream) {
        if (streams.get(stream) != null) {
            streams.get(stream).synchronize();
        }
    }

    private void settleAll() {
        for (int stream = 0; stream < streams.size(); stream++) {
            settle(stream);
        }
    }

    private void order(int waiting, int awaited) {
        Stream source = streams.get(awaited);
        if (source == null) {
            return;
        }
        Event event = events.get(awaited);
        if (event == null) {
            event = context.newEvent(false);
            events.set(awaited, event);
        }
        source.record(event);
        streams.get(waiting).waitFor(event);
    }

    private void closeEvent(int stream) {
        Event event = events.get(stream);
        if (event != null) {
            event.close();
            events.set(stream, null);
        }
    }

    private void checkStream(int stream) {
        if (stream < 0 || stream >= streams.size() || streams.get(stream) == null) {
            throw new IllegalArgumentException("stream " + stream + " is not attached to this pool");
        }
    }
}
