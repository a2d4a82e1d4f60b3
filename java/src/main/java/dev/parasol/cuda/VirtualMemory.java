package dev.parasol.cuda;

/** What a device offers of virtual memory management: addresses reserved apart from the physical memory behind them. */
public final class VirtualMemory {
    private VirtualMemory() {
    }

    /** Whether {@link AddressRange} and {@link PhysicalChunk} work on the device. */
    public static boolean supported(CudaContext context) {
        return context.properties().virtualMemory();
    }

    /** The unit of reservations, chunks and mappings in bytes (2 MiB on today's GPUs). */
    public static long granularity(CudaContext context) {
        return granularity(context.state());
    }

    static long granularity(ContextState context) {
        long[] bytes = new long[1];
        context.call("cuMemGetAllocationGranularity", () -> Bridge.memGranularity(bytes, context.spec.ordinal()));
        return bytes[0];
    }
}
