package dev.parasol.memory;

/** Offsets for the buffers of a plan within one slab, every one a multiple of 256. Immutable. */
public final class Placement {
    private final long[] offsets;
    private final long peakBytes;
    private final long lowerBound;

    Placement(long[] offsets, long peakBytes, long lowerBound) {
        this.offsets = offsets;
        this.peakBytes = peakBytes;
        this.lowerBound = lowerBound;
    }

    /** Offset in bytes of the buffer that was the {@code index}-th of the list of lifetimes. */
    public long offset(int index) {
        return offsets[index];
    }

    /** Number of buffers. */
    public int count() {
        return offsets.length;
    }

    /** Bytes that the slab must have: the exact peak. */
    public long peakBytes() {
        return peakBytes;
    }

    /** The largest total of bytes (each buffer rounded up to 256) alive at one step: nothing smaller is possible. */
    public long lowerBound() {
        return lowerBound;
    }

    /** Whether no placement can be smaller. */
    public boolean optimal() {
        return peakBytes == lowerBound;
    }
}
