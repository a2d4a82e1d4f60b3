package dev.parasol.memory;

/** What can be done about too little memory before anybody has to wait, in this order: the cheapest to make good again first. */
public enum ReclaimStep {
    /** Wait for what was launched and has finished, so that its memory counts as free. */
    DRAIN(MemoryCounter.DRAIN),
    /** Give back memory that nothing is in. */
    TRIM(MemoryCounter.TRIM),
    /** Drop what can be made anew: plans, and graphs with the device memory that the driver keeps for them. */
    EVICT(MemoryCounter.EVICT),
    /** Move what is left in sparsely used chunks together, and give back the chunks. */
    DEFRAGMENT(MemoryCounter.DEFRAGMENT);

    private final MemoryCounter counter;

    ReclaimStep(MemoryCounter counter) {
        this.counter = counter;
    }

    MemoryCounter counter() {
        return counter;
    }
}
