package dev.parasol.memory;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Turns handles into blocks. A handle is a place in the table, the place's generation, and the pool's number, so that a
 * handle that was given back, or that another pool gave out, is recognized. A place whose generations are used up is not
 * used again. Not thread-safe.
 */
final class HandleTable {
    private static final int PLACE_BITS = 24;
    private static final int GENERATION_BITS = 24;
    private static final int MAX_GENERATION = (1 << GENERATION_BITS) - 1;
    private static final AtomicInteger POOLS = new AtomicInteger();

    private final long pool = (POOLS.incrementAndGet() & 0xFFFFL) << PLACE_BITS + GENERATION_BITS;
    private Block[] blocks = new Block[64];
    private int[] generations = new int[64];
    private int[] vacant = new int[64];
    private int vacantCount;
    private int used;

    long add(Block block) {
        int place = vacantCount > 0 ? vacant[--vacantCount] : append();
        blocks[place] = block;
        block.id = place;
        return handle(place);
    }

    private int append() {
        if (used == 1 << PLACE_BITS) {
            throw new IllegalStateException("more than " + used + " blocks in use at once");
        }
        if (used == blocks.length) {
            blocks = Arrays.copyOf(blocks, used * 2);
            generations = Arrays.copyOf(generations, used * 2);
        }
        return used++;
    }

    private long handle(int place) {
        return pool | (long) generations[place] << PLACE_BITS | place;
    }

    /** The block, or null when the handle is not good (any more): {@link #misuse} says why. */
    Block get(long handle) {
        int place = place(handle);
        return place < used && blocks[place] != null && handle == handle(place) ? blocks[place] : null;
    }

    /** Lets the handle of {@code block} stand for {@code other} from now on. */
    void replace(Block block, Block other) {
        other.id = block.id;
        blocks[block.id] = other;
    }

    /** Ends the handle's life. */
    void remove(long handle) {
        int place = place(handle);
        blocks[place] = null;
        if (generations[place] < MAX_GENERATION) {
            generations[place]++;
            if (vacantCount == vacant.length) {
                vacant = Arrays.copyOf(vacant, vacantCount * 2);
            }
            vacant[vacantCount++] = place;
        }
    }

    /** What is wrong with a handle for which {@link #get} gave null. */
    BlockMisuse misuse(long handle, boolean freeing, Throwable where) {
        int place = place(handle);
        long generation = handle >>> PLACE_BITS & MAX_GENERATION;
        if ((handle & ~0L << PLACE_BITS + GENERATION_BITS) != pool || place >= used || generation > generations[place]) {
            return new BlockMisuse(BlockMisuse.Kind.FOREIGN, "handle " + Long.toHexString(handle) + " is not of this pool", where);
        }
        if (freeing && blocks[place] == null && generation >= generations[place] - 1) {
            return new BlockMisuse(BlockMisuse.Kind.DOUBLE_FREE,
                    "block " + place + " (generation " + generation + ") was given back already", where);
        }
        return new BlockMisuse(BlockMisuse.Kind.STALE, "block " + place + " (generation " + generation
                + ") was given back; the place is in generation " + generations[place] + " now", where);
    }

    static int place(long handle) {
        return (int) (handle & (1 << PLACE_BITS) - 1);
    }
}
