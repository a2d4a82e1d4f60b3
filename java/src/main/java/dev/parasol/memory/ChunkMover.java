package dev.parasol.memory;

import dev.parasol.cuda.CudaException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * Puts memory under a pool's addresses where it is needed: chunks that lie free elsewhere are mapped there without
 * copying, and only what is missing then comes from the driver. Addresses that were left stay unmapped until they are
 * the best place for something. Not thread-safe.
 */
final class ChunkMover {
    private final Region region;
    private final BlockIndex index;
    private final long step;
    /** Unmapped addresses below {@link #end}: offset to length. */
    private final TreeMap<Long, Long> holes = new TreeMap<>();
    /** Nothing is mapped from here on. */
    private long end;

    ChunkMover(Region region, BlockIndex index) {
        this.region = region;
        this.index = index;
        this.step = region.step();
    }

    /** Unmapped addresses {@code [from, to)} that, once mapped, make a free part of the wanted size with what is free beside them. */
    private record Place(long from, long to) {
        long bytes() {
            return to - from;
        }
    }

    /**
     * Makes a free part of at least {@code size} bytes for the stream.
     *
     * @param settle waits for a stream, so that memory freed there can be unmapped
     * @throws DeviceMemoryExhausted when there is not enough; everything free before is still free
     */
    void makeRoom(long size, int stream, IntConsumer settle) {
        Place place = place(size);
        long from = place.from();
        if (region.virtual()) {
            from = gather(place, stream, settle);
        }
        if (from < place.to()) {
            region.map(from, place.to());
            occupy(from, place.to(), stream);
        }
    }

    /** The place that needs the fewest bytes; holes before the top where they need no more. */
    private Place place(long size) {
        Block top = index.highest();
        long reused = top != null && top.free && top.end() == end ? top.size : 0;
        Place best = new Place(end, Alignment.up(end + Math.max(0, size - reused), step));
        if (best.to() > region.capacity()) {
            best = null;
        }
        for (Block below = null, block = index.lowest(); block != null; below = block, block = block.above) {
            long start = below == null ? 0 : below.end();
            if (block.offset == start) {
                continue;
            }
            long free = below != null && below.free ? below.size : 0;
            long missing = Alignment.up(Math.max(0, size - free), step);
            if (start + missing >= block.offset) {
                missing = block.offset - start;
                free += block.free ? block.size : 0;
            }
            if (free + missing >= size && (best == null || missing <= best.bytes())) {
                best = new Place(start, start + missing);
            }
        }
        if (best == null) {
            throw region.budget().exhausted(region.name(), size, null);
        }
        return best;
    }

    /** Moves free chunks to the place, as far as there are any; returns where what is still missing begins. */
    private long gather(Place place, int stream, IntConsumer settle) {
        long from = place.from();
        List<Block> sources = new ArrayList<>();
        for (Block block = index.lowest(); block != null; block = block.above) {
            if (block.free && block.end() != place.from() && block.offset != place.to() && wholeBytes(block) > 0) {
                sources.add(block);
            }
        }
        sources.sort(Comparator.comparingLong((Block block) -> -block.size));
        for (Block source : sources) {
            if (from == place.to()) {
                break;
            }
            settle.accept(source.stream);
            Block block = source;
            long last = source.end() / step * step;
            for (long chunk = last - wholeBytes(source); chunk < last && from < place.to(); chunk += step) {
                carry(block, chunk, from, stream);
                block = above(chunk + step);
                from += step;
            }
        }
        return from;
    }

    /** The free block that begins where a chunk was taken from, if any is left of it. */
    private Block above(long offset) {
        for (Block block = index.highest(); block != null && block.offset >= offset; block = block.below) {
            if (block.offset == offset) {
                return block;
            }
        }
        return null;
    }

    private void carry(Block source, long chunk, long target, int stream) {
        MemoryEvents.Move event = new MemoryEvents.Move();
        event.begin();
        VirtualRegion virtual = (VirtualRegion) region;
        try {
            virtual.remap(chunk, target, step);
        } catch (CudaException e) {
            if (!virtual.usable((int) (chunk / step))) {
                vacate(source, chunk, chunk + step);
            }
            throw e;
        }
        vacate(source, chunk, chunk + step);
        occupy(target, target + step, stream);
        event.holder = region.name();
        event.from = chunk;
        event.to = target;
        event.size = step;
        event.commit();
    }

    /** Gives every whole free chunk back to the driver. */
    void release(IntConsumer settle) {
        if (!region.virtual()) {
            Block only = index.highest();
            if (only != null && only.free && only.size == end) {
                settle.accept(only.stream);
                region.trim(0);
                vacate(only, 0, end);
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
                vacate(block, to - bytes, to);
                ((VirtualRegion) region).unmap(to - bytes, to);
            }
        }
    }

    private long wholeBytes(Block block) {
        return Math.max(0, block.end() / step * step - Alignment.up(block.offset, step));
    }

    private void vacate(Block block, long from, long to) {
        index.remove(block, from, to);
        Map.Entry<Long, Long> below = holes.lowerEntry(from);
        if (below != null && below.getKey() + below.getValue() == from) {
            from = below.getKey();
        }
        Long above = holes.remove(to);
        to += above == null ? 0 : above;
        if (to == end) {
            holes.remove(from);
            end = from;
        } else {
            holes.put(from, to - from);
        }
    }

    private void occupy(long from, long to, int stream) {
        if (from == end) {
            end = to;
        } else {
            long length = holes.remove(from);
            if (length > to - from) {
                holes.put(to, length - (to - from));
            }
        }
        index.add(from, to - from, stream);
    }
}
