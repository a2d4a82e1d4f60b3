package dev.parasol.cuda;

/**
 * Control of the software device for tests: failures on demand, and counts. Using it decides that the process runs on the
 * software device. Thread-safe; what it sets holds for the whole process.
 */
public final class SoftDevice {
    private static final DeviceSpec ANY = new DeviceSpec(DeviceSpec.Kind.SOFT, 0);

    private SoftDevice() {
    }

    /**
     * Lets one driver call fail without doing anything.
     *
     * @param entry the driver function, or null for any
     * @param nth   which call from now on, 1 for the next
     * @param code  the CUresult it returns
     * @throws DeviceUnavailableException when the process runs on GPUs
     */
    public static void failCall(String entry, long nth, int code) {
        if (nth < 1 || code == 0) {
            throw new IllegalArgumentException("A call from 1 on fails with an error other than 0, not call " + nth + " with " + code);
        }
        Driver.load(ANY);
        Bridge.softFail(entry, nth, code);
    }

    /** Forgets every failure that was set. */
    public static void clearFailures() {
        Driver.load(ANY);
        Bridge.softFail(null, 0, 0);
    }

    /** How often a driver function was called in this process; null: all of them together. */
    public static long calls(String entry) {
        Driver.load(ANY);
        return Bridge.softCalls(entry);
    }

    /**
     * What is alive in the software device now.
     *
     * @param what bytes, host_bytes, allocations, handles, ranges, mappings, streams, events, modules, graphs, graph_execs or contexts
     */
    public static long live(String what) {
        Driver.load(ANY);
        return Bridge.softLive(what);
    }

    /** Sets the seed that shuffles the order in which a block's threads run. */
    public static void seed(long seed) {
        Driver.load(ANY);
        Bridge.softSeed(seed);
    }
}
