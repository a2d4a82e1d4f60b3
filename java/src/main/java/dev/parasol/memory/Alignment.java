package dev.parasol.memory;

/** Rounding of byte counts. Every offset handed out by this package is a multiple of {@link #BYTES}. */
public final class Alignment {
    /** Alignment of every block, placement and region, in bytes: the one that {@code cuMemAlloc} guarantees. */
    public static final int BYTES = 256;

    private Alignment() {
    }

    /** The least multiple of {@code step} that is at least {@code bytes}. */
    public static long up(long bytes, long step) {
        return Math.multiplyExact(count(bytes, step), step);
    }

    /** How many pieces of {@code step} bytes hold {@code bytes}. */
    static long count(long bytes, long step) {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative size: " + bytes);
        }
        return bytes / step + (bytes % step == 0 ? 0 : 1);
    }
}
