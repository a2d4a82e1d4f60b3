package dev.parasol.cuda;

/**
 * Physical device memory without an address, to be mapped into an {@link AddressRange}. May be closed while it is mapped:
 * the memory then goes with its last mapping. Thread-safe.
 */
public final class PhysicalChunk implements AutoCloseable {
    private final long handle;
    private final long size;
    private final Ownership ownership;

    /**
     * Takes memory from the device.
     *
     * @param bytes rounded up to {@link VirtualMemory#granularity}
     */
    public PhysicalChunk(CudaContext owner, long bytes) {
        Sizes.positive(bytes, "device memory");
        ContextState context = owner.state();
        long rounded = Sizes.roundUp(bytes, VirtualMemory.granularity(context));
        long[] created = new long[1];
        context.call("cuMemCreate", () -> Bridge.memCreate(created, rounded, context.spec.ordinal()));
        long chunk = created[0];
        handle = chunk;
        size = rounded;
        ownership = new Ownership(this, context, "PhysicalChunk of " + rounded + " bytes", true,
                () -> context.checkRelease(Bridge.memRelease(chunk), "cuMemRelease"));
    }

    /** Bytes, a multiple of the granularity. */
    public long size() {
        return size;
    }

    /** Gives the memory back once nothing maps it. Idempotent. */
    @Override
    public void close() {
        ownership.close();
    }

    long handle() {
        return handle;
    }

    Ownership ownership() {
        return ownership;
    }
}
