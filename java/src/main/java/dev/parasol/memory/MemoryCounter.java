package dev.parasol.memory;

/** What a {@link Budget} counts. The first eight are calls of the driver. */
public enum MemoryCounter {
    /** Address range reserved. */
    RESERVE,
    /** Physical chunk created. */
    CREATE,
    /** Chunk mapped into a range. */
    MAP,
    /** Access rights set. */
    ACCESS,
    /** Chunk unmapped. */
    UNMAP,
    /** Chunk or address range given back to the driver. */
    RELEASE,
    /** Plain {@code cuMemAlloc}. */
    ALLOCATE,
    /** Plain {@code cuMemFree}. */
    FREE,
    /** Chunk carried to another address without copying. */
    REMAP,
    /** Block copied to another address. */
    MOVE,
    /** Work tried again after it ran out of memory. */
    RETRY,
    /** Batch divided because it did not fit. */
    SPLIT;

    /** Whether this counts a call of the driver. */
    public boolean driverCall() {
        return compareTo(FREE) <= 0;
    }
}
