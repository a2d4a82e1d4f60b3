package dev.parasol.memory;

import java.util.ArrayList;
import java.util.List;

/**
 * The bookkeeping of a pool: which parts of its address range are free, and for which stream. Best fit with coalescing.
 *
 * <p>A block that was freed in a stream's order may be used again in the same order at once. For another stream it is
 * taken only after that one was made to wait. Free neighbours of the same stream are always one block. Sizes and offsets
 * are multiples of 256. Makes no call of the driver. Not thread-safe.
 */
final class BlockIndex {
    /** A block of a chunk or more fits well when less than its size divided by this is left over. */
    private static final int LOOSE = 8;

    private final List<FreeBins> bins = new ArrayList<>();
    private final long chunk;
    private final StreamOrder order;
    private Block lowest;
    private Block highest;
    private long freeBytes;
    private long liveBytes;

    /** @param chunk the unit in which memory comes and goes, in bytes */
    BlockIndex(long chunk, StreamOrder order) {
        this.chunk = chunk;
        this.order = order;
    }

    /** A new stream's number: 0, 1, 2... */
    int addStream() {
        bins.add(new FreeBins());
        return bins.size() - 1;
    }

    Block lowest() {
        return lowest;
    }

    Block highest() {
        return highest;
    }

    long freeBytes() {
        return freeBytes;
    }

    long liveBytes() {
        return liveBytes;
    }

    /** A block of exactly {@code size} bytes for use in the stream's order, or null when no free part is large enough. */
    Block allocate(long size, int stream) {
        Block block = own(size, stream);
        if (block == null || loose(block, size)) {
            Block other = foreign(size, stream);
            if (other != null && (block == null || other.size - size < (block.size - size) / 2)) {
                order.waitFor(stream, other.stream);
                block = handOver(other, stream);
            }
        }
        if (block == null && bins.size() > 1) {
            block = run(size, stream);
        }
        return block == null ? null : take(block, size);
    }

    /** Whether so much of whole chunks would be left over that waiting for another stream, which may fit better, is worth it. */
    private boolean loose(Block block, long size) {
        return size >= chunk && block.size - size > size / LOOSE;
    }

    private Block own(long size, int stream) {
        Block best = bins.get(stream).best(size);
        if (best == null || size % chunk != 0 || place(best, size) % chunk == 0) {
            return best;
        }
        Block roomy = bins.get(stream).best(size + chunk - Alignment.BYTES);
        return roomy == null ? best : roomy;
    }

    /** The best fit among the other streams' blocks. */
    private Block foreign(long size, int stream) {
        Block best = null;
        for (int other = 0; other < bins.size(); other++) {
            Block block = other == stream ? null : bins.get(other).best(size);
            if (block != null && (best == null || block.size < best.size)) {
                best = block;
            }
        }
        return best;
    }

    /** Free neighbours of several streams that are large enough together, after waiting for all of them. */
    private Block run(long size, int stream) {
        Block start = null;
        for (Block block = lowest; block != null; block = block.above) {
            if (!block.free) {
                start = null;
                continue;
            }
            start = start != null && block.below.touches(block) ? start : block;
            if (block.end() - start.offset >= size) {
                return join(start, block, stream);
            }
        }
        return null;
    }

    /** Whether so much is free without a break, whatever streams it belongs to. */
    boolean fits(long size) {
        Block start = null;
        for (Block block = lowest; block != null; block = block.above) {
            start = !block.free ? null : start != null && block.below.touches(block) ? start : block;
            if (start != null && block.end() - start.offset >= size) {
                return true;
            }
        }
        return false;
    }

    /** Gives free neighbours of several streams to one, after waiting for the others, where more whole chunks are free by that. */
    void joinNeighbours(int stream) {
        for (Block block = lowest; block != null; block = block.above) {
            if (!block.free) {
                continue;
            }
            Block last = block;
            long apart = wholeChunks(block.offset, block.end());
            while (last.above != null && last.above.free && last.touches(last.above)) {
                last = last.above;
                apart += wholeChunks(last.offset, last.end());
            }
            block = wholeChunks(block.offset, last.end()) > apart ? join(block, last, stream) : last;
        }
    }

    private long wholeChunks(long from, long to) {
        return Math.max(0, to / chunk - Alignment.count(from, chunk));
    }

    private Block join(Block from, Block to, int stream) {
        boolean[] waited = new boolean[bins.size()];
        waited[stream] = true;
        for (Block block = from; block != to.above; block = block.above) {
            if (!waited[block.stream]) {
                order.waitFor(stream, block.stream);
                waited[block.stream] = true;
            }
        }
        long end = to.end();
        Block joined = from;
        do {
            joined = handOver(joined, stream);
        } while (joined.end() < end && (joined = joined.above) != null);
        return joined;
    }

    /** Gives a free block to another stream, and joins it with what that one has beside it. */
    private Block handOver(Block block, int stream) {
        leaveBin(block);
        return release(block, stream);
    }

    /** Where a request is cut from a free block: what takes whole chunks begins with one, so that chunks do not straddle blocks. */
    private long place(Block block, long size) {
        long aligned = Alignment.up(block.offset, chunk);
        return size % chunk == 0 && aligned + size <= block.end() ? aligned : block.offset;
    }

    private Block take(Block block, long size) {
        leaveBin(block);
        long offset = place(block, size);
        if (offset > block.offset) {
            Block rest = new Block(offset, block.end() - offset, block.stream);
            link(block, rest, block.above);
            block.size = offset - block.offset;
            makeFree(block);
            block = rest;
        }
        if (block.size > size) {
            Block rest = new Block(block.offset + size, block.size - size, block.stream);
            link(block, rest, block.above);
            block.size = size;
            makeFree(rest);
        }
        liveBytes += size;
        return block;
    }

    /** Gives a block back in the order of {@code stream}; returns the free block that it is part of now. */
    Block free(Block block, int stream) {
        liveBytes -= block.size;
        return release(block, stream);
    }

    private Block release(Block block, int stream) {
        block.stream = stream;
        Block merged = block;
        Block below = block.below;
        if (below != null && below.free && below.stream == stream && below.touches(block)) {
            absorb(below, block);
            merged = below;
        }
        Block above = merged.above;
        if (above != null && above.free && above.stream == stream && merged.touches(above)) {
            absorb(merged, above);
        }
        makeFree(merged);
        return merged;
    }

    /** Makes {@code low} span {@code high} too; whichever of them is in a bin leaves it. */
    private void absorb(Block low, Block high) {
        leaveBin(low);
        leaveBin(high);
        low.size += high.size;
        unlink(high);
    }

    private void leaveBin(Block block) {
        if (block.free) {
            bins.get(block.stream).remove(block);
            freeBytes -= block.size;
            block.free = false;
        }
    }

    private void makeFree(Block block) {
        block.free = true;
        bins.get(block.stream).add(block);
        freeBytes += block.size;
    }

    /** Adds new free memory for {@code stream}. */
    void add(long offset, long size, int stream) {
        Block below = highest;
        while (below != null && below.offset > offset) {
            below = below.below;
        }
        Block block = new Block(offset, size, stream);
        link(below, block, below == null ? lowest : below.above);
        release(block, stream);
    }

    /** Takes the bytes {@code [from, to)}, which lie within a free block, out of the index. */
    void remove(Block block, long from, long to) {
        leaveBin(block);
        Block below = block.below;
        Block above = block.above;
        unlink(block);
        if (block.offset < from) {
            Block rest = new Block(block.offset, from - block.offset, block.stream);
            link(below, rest, above);
            makeFree(rest);
            below = rest;
        }
        if (to < block.end()) {
            Block rest = new Block(to, block.end() - to, block.stream);
            link(below, rest, above);
            makeFree(rest);
        }
    }

    private void link(Block below, Block block, Block above) {
        block.below = below;
        block.above = above;
        if (below == null) {
            lowest = block;
        } else {
            below.above = block;
        }
        if (above == null) {
            highest = block;
        } else {
            above.below = block;
        }
    }

    private void unlink(Block block) {
        if (block.below == null) {
            lowest = block.above;
        } else {
            block.below.above = block.above;
        }
        if (block.above == null) {
            highest = block.below;
        } else {
            block.above.below = block.below;
        }
    }
}
