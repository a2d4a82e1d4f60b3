package dev.parasol.memory;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What the JDK Flight Recorder gets to see of device memory. Without a recording an event costs a few nanoseconds. */
final class MemoryEvents {
    private MemoryEvents() {
    }

    /** Common part: whose memory it was. */
    @Category({"Parasol", "Memory"})
    @StackTrace(false)
    abstract static class MemoryEvent extends Event {
        @Label("Holder")
        @Description("Region or pool")
        String holder;
    }

    /** Physical memory put under a region. */
    @Name("dev.parasol.RegionGrowth")
    @Label("Region Growth")
    @StackTrace
    static final class Growth extends MemoryEvent {
        @Label("Before")
        @DataAmount
        long before;
        @Label("After")
        @DataAmount
        long after;
        @Label("Succeeded")
        boolean succeeded;
    }

    /** Physical memory taken from under a region. */
    @Name("dev.parasol.RegionTrim")
    @Label("Region Trim")
    static final class Trim extends MemoryEvent {
        @Label("Before")
        @DataAmount
        long before;
        @Label("After")
        @DataAmount
        long after;
    }

    /** Block handed out by a pool. */
    @Name("dev.parasol.BlockAllocation")
    @Label("Block Allocation")
    static final class Allocation extends MemoryEvent {
        @Label("Offset")
        long offset;
        @Label("Size")
        @DataAmount
        long size;
        @Label("Stream")
        int stream;
    }

    /** Block given back to a pool. */
    @Name("dev.parasol.BlockFree")
    @Label("Block Free")
    static final class Free extends MemoryEvent {
        @Label("Offset")
        long offset;
        @Label("Size")
        @DataAmount
        long size;
        @Label("Stream")
        int stream;
    }

    /** Content or chunk carried to another address. */
    @Name("dev.parasol.MemoryMove")
    @Label("Memory Move")
    static final class Move extends MemoryEvent {
        @Label("From")
        long from;
        @Label("To")
        long to;
        @Label("Size")
        @DataAmount
        long size;
        @Label("Copied")
        @Description("Whether bytes were copied; otherwise the chunk was mapped elsewhere")
        boolean copied;
    }

    /** Work tried again after it ran out of memory. */
    @Name("dev.parasol.MemoryRetry")
    @Label("Memory Retry")
    static final class Retry extends MemoryEvent {
        @Label("Available")
        @DataAmount
        long free;
        @Label("Step")
        @Description("Whether the whole was tried again, or divided")
        String step;
    }
}
