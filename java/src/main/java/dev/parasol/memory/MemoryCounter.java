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
    /** Out of memory: waited for what has finished. */
    DRAIN,
    /** Out of memory: memory that nothing was in was given back. */
    TRIM,
    /** Out of memory: plans and graphs were dropped. */
    EVICT,
    /** Out of memory: sparsely used chunks were emptied. */
    DEFRAGMENT,
    /** Work waited for others to give memory back. */
    WAIT,
    /** Work gave its idle memory back because others waited for it. */
    YIELD,
    /** Work whose waiting could not have ended was refused what it waited for. */
    REFUSAL,
    /** Work tried again after it ran out of memory. */
    RETRY,
    /** Work had the memory to itself. */
    ALONE,
    /** Batch divided because it did not fit. */
    SPLIT,
    /** Work given up because it cannot fit. */
    EXHAUSTED;

    /** Whether this counts a call of the driver. */
    public boolean driverCall() {
        return compareTo(FREE) <= 0;
    }
}
