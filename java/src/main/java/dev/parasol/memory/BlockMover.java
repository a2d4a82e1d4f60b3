package dev.parasol.memory;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.Stream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Empties chunks in which little is in use, by copying that into gaps of fuller chunks, so that they can be mapped
 * elsewhere. Blocks of a chunk's size or more are left where they are. Not thread-safe.
 */
final class BlockMover {
    private final CudaContext context;
    private final Region region;
    private final BlockIndex index;
    private final HandleTable handles;
    private final BlockGraphs graphs;
    private final long step;
    /** Free memory that must not be filled while chunks are being emptied; out of the index meanwhile. */
    private final List<Range> kept = new ArrayList<>();

    private long moved;

    private record Range(long from, long to) {
        long bytes() {
            return to - from;
        }
    }

    BlockMover(CudaContext context, Region region, BlockIndex index, HandleTable handles, BlockGraphs graphs) {
        this.context = context;
        this.region = region;
        this.index = index;
        this.handles = handles;
        this.graphs = graphs;
        this.step = region.step();
    }

    /**
     * Empties chunks until {@code bytes} lie in free chunks, or no more can be emptied. Nothing may be using the pool's
     * memory; what is freed belongs to {@code stream} then.
     */
    void empty(long bytes, int stream) {
        try (Stream copying = context.newStream()) {
            long missing = bytes - keepFreeChunks();
            List<Long> candidates = candidates();
            int count = (int) Math.min(candidates.size(), Alignment.count(Math.max(0, missing), step));
            List<Long> chosen = new ArrayList<>(candidates.subList(0, count));
            // All of them are closed first, so that nothing is moved from one into another.
            chosen.forEach(this::keepFree);
            for (int i = 0; i < chosen.size(); i++) {
                while (!evacuate(chosen.get(i), stream, copying) && chosen.size() > i + 1) {
                    reopen(chosen.remove(chosen.size() - 1), stream);
                }
            }
        } finally {
            kept.forEach(range -> index.add(range.from(), range.bytes(), stream));
            kept.clear();
        }
    }

    /** Bytes copied so far. */
    long moved() {
        return moved;
    }

    /** Takes the chunks that are free already out of the index; returns their bytes. */
    private long keepFreeChunks() {
        long bytes = 0;
        Block below;
        for (Block block = index.highest(); block != null; block = below) {
            below = block.below;
            long from = Alignment.up(block.offset, step);
            long to = block.end() / step * step;
            if (block.free && from < to) {
                keep(block, from, to);
                bytes += to - from;
            }
        }
        return bytes;
    }

    private void keep(Block block, long from, long to) {
        index.remove(block, from, to);
        kept.add(new Range(from, to));
    }

    /** Chunks with something small in use and nothing large, the emptiest first. */
    private List<Long> candidates() {
        TreeMap<Long, Long> live = new TreeMap<>();
        Set<Long> fixed = new HashSet<>();
        for (Block block = index.lowest(); block != null; block = block.above) {
            for (long chunk = block.offset / step * step; !block.free && chunk < block.end(); chunk += step) {
                live.merge(chunk, Math.min(block.end(), chunk + step) - Math.max(block.offset, chunk), Long::sum);
                if (block.size >= step) {
                    fixed.add(chunk);
                }
            }
        }
        live.keySet().removeAll(fixed);
        return live.entrySet().stream().sorted(Map.Entry.comparingByValue()).map(Map.Entry::getKey).toList();
    }

    /** Takes what is free in a chunk out of the index. */
    private void keepFree(long chunk) {
        Block below;
        for (Block block = index.highest(); block != null && block.end() > chunk; block = below) {
            below = block.below;
            if (block.free && block.offset < chunk + step) {
                keep(block, Math.max(block.offset, chunk), Math.min(block.end(), chunk + step));
            }
        }
    }

    /** Gives up emptying a chunk, so that what others hold can be moved into it. */
    private void reopen(long chunk, int stream) {
        for (int i = kept.size() - 1; i >= 0; i--) {
            Range range = kept.get(i);
            if (range.from() >= chunk && range.to() <= chunk + step) {
                kept.remove(i);
                index.add(range.from(), range.bytes(), stream);
            }
        }
    }

    /** Moves what is in use in a chunk; false when there is no room for it elsewhere. */
    private boolean evacuate(long chunk, int stream, Stream copying) {
        // Blocks that reached into this chunk may have been moved out of its neighbour.
        keepFree(chunk);
        List<Block> live = new ArrayList<>();
        for (Block block = index.highest(); block != null && block.end() > chunk; block = block.below) {
            if (block.offset < chunk + step) {
                live.add(block);
            }
        }
        for (Block block : live) {
            Block target = index.allocate(block.size, stream);
            if (target == null) {
                return false;
            }
            move(block, target, stream, copying);
            freeApart(block, Math.max(block.offset, chunk), Math.min(block.end(), chunk + step), stream);
        }
        return true;
    }

    private void move(Block block, Block target, int stream, Stream copying) {
        MemoryEvents.Move event = new MemoryEvents.Move();
        event.begin();
        try {
            graphs.invalidate(block);
            copying.copyOnDevice(region.address() + target.offset, region.address() + block.offset, block.size);
            copying.synchronize();
        } catch (RuntimeException e) {
            index.free(target, stream);
            throw e;
        }
        handles.replace(block, target);
        moved += block.size;
        region.budget().add(MemoryCounter.MOVE);
        event.holder = region.name();
        event.from = block.offset;
        event.to = target.offset;
        event.size = block.size;
        event.copied = true;
        event.commit();
    }

    /** Frees a block that was moved away, and keeps the part within the chunk from being filled again. */
    private void freeApart(Block block, long from, long to, int stream) {
        index.free(block, stream);
        for (Block free = index.highest(); free != null; free = free.below) {
            if (free.offset <= from && free.end() >= to) {
                keep(free, from, to);
                return;
            }
        }
        throw new IllegalStateException("block at " + from + " was freed but is not free");
    }
}
