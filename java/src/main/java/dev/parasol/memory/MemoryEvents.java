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

    /** One step of dealing with too little memory: the counters' names in small letters. */
    @Name("dev.parasol.MemoryStep")
    @Label("Memory Step")
    static final class Step extends MemoryEvent {
        @Label("Step")
        String step;
        @Label("Freed")
        @DataAmount
        long freed;
        @Label("Left")
        @Description("What the budget has left afterwards")
        @DataAmount
        long left;
        @Label("Age")
        @Description("The task's place among all: the lesser, the older")
        long age;
    }

    /** A wait for others. */
    @Name("dev.parasol.MemoryWait")
    @Label("Memory Wait")
    static final class Wait extends MemoryEvent {
        @Label("Wanted")
        String wanted;
        @Label("Lacking")
        @DataAmount
        long lacking;
        @Label("Age")
        long age;
        @Label("Refused")
        @Description("Whether it was ended because it could not have ended otherwise")
        boolean refused;
    }
}
