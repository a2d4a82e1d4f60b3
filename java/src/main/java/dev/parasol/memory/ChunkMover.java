package dev.parasol.memory;

import dev.parasol.cuda.CudaException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Puts memory under a pool's addresses where it is needed. Every chunk has its own address, its home, low in the range.
 * When free chunks are wanted side by side that are not so at home, they are also mapped to other addresses, without
 * copying, and only what is missing comes from the driver. Free chunks are always used by their homes, and addresses
 * under which chunks lie once are kept: work that repeats itself finds them again, and then needs no call of the driver.
 *
 * <p>A chunk is used by one address at a time. What was written by one is seen by another in the order of a stream, as
 * CUDA promises for memory that is mapped more than once. Not thread-safe.
 */
final class ChunkMover {
    /** Homes are looked for from the bottom of the range, other addresses from this part of it on. */
    private static final int HOMES = 8;
    /** With more addresses than that for each chunk, those that are not in use are given up: the driver's room for mappings is not endless. */
    private static final int VIEWS_A_CHUNK = 16;

    private final Region region;
    private final BlockIndex index;
    private final StreamOrder order;
    private final long step;
    private final int firstView;

    ChunkMover(Region region, BlockIndex index, StreamOrder order) {
        this.region = region;
        this.index = index;
        this.order = order;
        this.step = region.step();
        this.firstView = (int) (region.capacity() / step / HOMES);
    }

    /**
     * Makes a free part of at least {@code size} bytes for the stream.
     *
     * @param settle waits for all streams, so that addresses can be taken away
     * @throws DeviceMemoryExhausted when there is not enough; everything free before is still free
     */
    void makeRoom(long size, int stream, Runnable settle) {
        if (size > region.capacity()) {
            throw region.budget().exhausted(region.name(), size, null);
        }
        if (region instanceof VirtualRegion virtual) {
            makeRoom(virtual, size, stream, settle);
            return;
        }
        Block top = index.highest();
        long from = region.mapped();
        long to = from + Alignment.up(Math.max(0, size - (top != null && top.free ? top.size : 0)), step);
        if (to > region.capacity()) {
            throw region.budget().exhausted(region.name(), size, null);
        }
        region.map(from, to);
        index.add(from, region.mapped() - from, stream);
    }

    private void makeRoom(VirtualRegion virtual, long size, int stream, Runnable settle) {
        int wanted = (int) Alignment.count(size, step);
        index.joinNeighbours(stream);
        goHome();
        if (index.fits(size)) {
            return;
        }
        BitSet free = freeSlots();
        int missing = Math.max(0, wanted - free.cardinality());
        if (missing > 0) {
            int home = virtual.vacantRun(0, missing);
            if (home < 0) {
                throw region.budget().exhausted(region.name(), size, null);
            }
            int beyond = (int) Alignment.count(size - freeBelow(home), step);
            if (beyond <= missing) {
                open(virtual, home, beyond, stream);
                return;
            }
            open(virtual, home, missing, stream);
            free = freeSlots();
        }
        int found = virtual.find(free, wanted);
        List<Chunk> chunks = found < 0 ? chosen(virtual, wanted) : virtual.chunks(found, wanted);
        waitFor(chunks, stream);
        int view = found < 0 ? newView(virtual, chunks, settle) : found;
        if (view < 0) {
            throw region.budget().exhausted(region.name(), size, null);
        }
        int[] slots = new int[wanted];
        Arrays.setAll(slots, i -> view + i);
        use(chunks, slots, stream);
    }

    /** Maps chunks to addresses side by side too; returns the first slot of these, or -1 when there are no addresses left. */
    private int newView(VirtualRegion virtual, List<Chunk> chunks, Runnable settle) {
        if (virtual.views() + chunks.size() > VIEWS_A_CHUNK * (virtual.mapped() / step)) {
            forgetViews(virtual, settle);
        }
        try {
            return alias(virtual, chunks, settle);
        } catch (CudaException e) {
            if (!e.outOfMemory() || virtual.views() == 0) {
                throw e;
            }
            forgetViews(virtual, settle);
            return alias(virtual, chunks, settle);
        }
    }

    private int alias(VirtualRegion virtual, List<Chunk> chunks, Runnable settle) {
        int view = vacantView(virtual, chunks.size(), settle);
        if (view >= 0) {
            virtual.alias(chunks, view);
        }
        return view;
    }

    private static void forgetViews(VirtualRegion virtual, Runnable settle) {
        settle.run();
        virtual.dropInactive();
    }

    /** Takes new chunks from the driver. */
    private void open(VirtualRegion virtual, int slot, int count, int stream) {
        virtual.map(slot * step, (slot + count) * step);
        index.add(slot * step, count * step, stream);
    }

    /** Bytes that are free just below a slot. */
    private long freeBelow(int slot) {
        for (Block block = index.highest(); block != null && block.end() >= slot * step; block = block.below) {
            if (block.end() == slot * step) {
                return block.free ? block.size : 0;
            }
        }
        return 0;
    }

    private int vacantView(VirtualRegion virtual, int wanted, Runnable settle) {
        int view = virtual.vacantRun(firstView, wanted);
        if (view < 0) {
            forgetViews(virtual, settle);
            view = virtual.vacantRun(firstView, wanted);
        }
        return view < 0 ? virtual.vacantRun(0, wanted) : view;
    }

    /** The slots that lie wholly in free blocks. */
    private BitSet freeSlots() {
        BitSet free = new BitSet();
        for (Block block = index.lowest(); block != null; block = block.above) {
            if (block.free && wholeBytes(block) > 0) {
                free.set(firstWhole(block), lastWhole(block));
            }
        }
        return free;
    }

    /** Free chunks from the smallest free parts, so that the large ones stay whole. */
    private List<Chunk> chosen(VirtualRegion virtual, int wanted) {
        List<Block> blocks = new ArrayList<>();
        for (Block block = index.lowest(); block != null; block = block.above) {
            if (block.free && wholeBytes(block) > 0) {
                blocks.add(block);
            }
        }
        blocks.sort(Comparator.comparingLong(this::wholeBytes));
        List<Chunk> chunks = new ArrayList<>();
        for (Block block : blocks) {
            int count = Math.min(wanted - chunks.size(), (int) (wholeBytes(block) / step));
            chunks.addAll(virtual.chunks(firstWhole(block), count));
        }
        return chunks;
    }

    private void waitFor(List<Chunk> chunks, int stream) {
        BitSet waited = new BitSet();
        waited.set(stream);
        for (Chunk chunk : chunks) {
            int last = holder(chunk.active).stream;
            if (!waited.get(last)) {
                order.waitFor(stream, last);
                waited.set(last);
            }
        }
    }

    /** The block in which a slot lies. */
    private Block holder(int slot) {
        Block block = index.highest();
        while (block.offset > slot * step) {
            block = block.below;
        }
        return block;
    }

    /** From now on the free chunks are used by these slots; what goes side by side from one place to another goes at once. */
    private void use(List<Chunk> chunks, int[] slots, int stream) {
        int next;
        for (int i = 0; i < slots.length; i = next) {
            next = i + 1;
            int from = chunks.get(i).active;
            if (from == slots[i]) {
                continue;
            }
            Block holder = holder(from);
            while (next < slots.length && chunks.get(next).active == from + next - i && slots[next] == slots[i] + next - i
                    && (from + next - i + 1) * step <= holder.end()) {
                next++;
            }
            move(holder, chunks.subList(i, next), slots[i], stream);
        }
    }

    /** Lets chunks that lie side by side in a free block be used by the slots from {@code to} on. */
    private void move(Block holder, List<Chunk> chunks, int to, int stream) {
        MemoryEvents.Move event = new MemoryEvents.Move();
        event.begin();
        long from = chunks.get(0).active * step;
        long bytes = chunks.size() * step;
        index.remove(holder, from, from + bytes);
        for (int i = 0; i < chunks.size(); i++) {
            chunks.get(i).active = to + i;
        }
        index.add(to * step, bytes, stream);
        event.holder = region.name();
        event.from = from;
        event.to = to * step;
        event.size = bytes;
        event.commit();
    }

    /** Lets the whole chunks of a free block be used by their homes again. */
    void goHome(Block block) {
        if (block.offset < firstView * step || !(region instanceof VirtualRegion virtual) || wholeBytes(block) == 0) {
            return;
        }
        List<Chunk> chunks = virtual.chunks(firstWhole(block), (int) (wholeBytes(block) / step));
        use(chunks, chunks.stream().mapToInt(chunk -> chunk.home).toArray(), block.stream);
    }

    /** Lets all free chunks be used by their homes. */
    void goHome() {
        List<Block> away = new ArrayList<>();
        for (Block block = index.highest(); block != null && block.offset >= firstView * step; block = block.below) {
            if (block.free) {
                away.add(block);
            }
        }
        away.forEach(this::goHome);
    }

    /** Gives every whole free chunk back to the driver. */
    void release(IntConsumer settle) {
        if (!region.virtual()) {
            Block only = index.highest();
            if (only != null && only.free && only.size == region.mapped()) {
                settle.accept(only.stream);
                region.trim(0);
                index.remove(only, 0, only.size);
            }
            return;
        }
        Block below;
        for (Block block = index.highest(); block != null; block = below) {
            below = block.below;
            long bytes = block.free ? wholeBytes(block) : 0;
            if (bytes > 0) {
                settle.accept(block.stream);
                long to = block.end() / step * step;
                // Out of the index first: if the driver refuses, the chunks are not handed out again, but still accounted for.
                index.remove(block, to - bytes, to);
                ((VirtualRegion) region).unmap(to - bytes, to);
            }
        }
    }

    private int firstWhole(Block block) {
        return (int) Alignment.count(block.offset, step);
    }

    private int lastWhole(Block block) {
        return (int) (block.end() / step);
    }

    private long wholeBytes(Block block) {
        return Math.max(0, block.end() / step * step - Alignment.up(block.offset, step));
    }
}
