package dev.parasol.memory;

/**
 * The free blocks of one stream, in bins by size: one bin for each multiple of 256 bytes up to 4 KiB, above that eight
 * to a power of two. A bitmap says which bins hold something. Not thread-safe.
 */
final class FreeBins {
    private static final int SMALL = 16;
    private static final int BINS = SMALL + (Long.SIZE - 4) * 8;

    private final Block[] heads = new Block[BINS];
    private final long[] occupied = new long[(BINS + 63) / 64];

    void add(Block block) {
        int bin = bin(block.size);
        Block head = heads[bin];
        block.nextInBin = head;
        block.previousInBin = null;
        if (head != null) {
            head.previousInBin = block;
        }
        heads[bin] = block;
        occupied[bin >> 6] |= 1L << bin;
    }

    void remove(Block block) {
        int bin = bin(block.size);
        if (block.previousInBin != null) {
            block.previousInBin.nextInBin = block.nextInBin;
        } else {
            heads[bin] = block.nextInBin;
            if (heads[bin] == null) {
                occupied[bin >> 6] &= ~(1L << bin);
            }
        }
        if (block.nextInBin != null) {
            block.nextInBin.previousInBin = block.previousInBin;
        }
        block.nextInBin = null;
        block.previousInBin = null;
    }

    /** The smallest block of at least {@code size} bytes, of equal ones the lowest; null when there is none. */
    Block best(long size) {
        for (int bin = next(bin(size)); bin >= 0; bin = next(bin + 1)) {
            Block best = null;
            for (Block block = heads[bin]; block != null; block = block.nextInBin) {
                if (block.size >= size && (best == null || block.size < best.size
                        || block.size == best.size && block.offset < best.offset)) {
                    best = block;
                }
            }
            if (best != null) {
                return best;
            }
        }
        return null;
    }

    private int next(int from) {
        int word = from >> 6;
        if (word >= occupied.length) {
            return -1;
        }
        long bits = occupied[word] & -1L << from;
        while (bits == 0) {
            if (++word == occupied.length) {
                return -1;
            }
            bits = occupied[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    private static int bin(long size) {
        long units = size / Alignment.BYTES;
        if (units < SMALL) {
            return (int) units;
        }
        int power = 63 - Long.numberOfLeadingZeros(units);
        return SMALL + (power - 4) * 8 + (int) (units >>> power - 3 & 7);
    }
}
