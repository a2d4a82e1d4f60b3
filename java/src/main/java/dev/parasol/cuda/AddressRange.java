package dev.parasol.cuda;

import java.util.NavigableMap;
import java.util.TreeMap;
import jcuda.driver.JCudaDriver;

/**
 * Reserved device addresses, into which physical chunks are mapped and unmapped while the addresses stay. Mapped memory is
 * usable after {@link #setAccess}. Thread-safe. Memory is unmapped only when no launch, copy or graph uses it any more.
 */
public final class AddressRange implements AutoCloseable {
    private final ContextState context;
    private final long address;
    private final long size;
    /** Offset to size of every mapping; also the lock. Shared with the release. */
    private final NavigableMap<Long, Long> mappings = new TreeMap<>();
    private final Ownership ownership;

    /**
     * Reserves addresses, which takes no memory.
     *
     * @param bytes rounded up to {@link VirtualMemory#granularity}
     */
    public AddressRange(CudaContext owner, long bytes) {
        Sizes.positive(bytes, "addresses");
        ContextState state = owner.state();
        long rounded = Sizes.roundUp(bytes, VirtualMemory.granularity(state));
        DevicePointer pointer = new DevicePointer();
        // The wanted address must be an object: JCuda's native reads it without asking whether it is null.
        state.call("cuMemAddressReserve", () -> JCudaDriver.cuMemAddressReserve(pointer, rounded, 0, new DevicePointer(), 0));
        long start = pointer.address();
        NavigableMap<Long, Long> mapped = mappings;
        context = state;
        address = start;
        size = rounded;
        ownership = new Ownership(this, state, "AddressRange of " + rounded + " bytes", false, () -> release(state, start, rounded, mapped));
    }

    private static void release(ContextState context, long start, long size, NavigableMap<Long, Long> mappings) {
        synchronized (mappings) {
            while (!mappings.isEmpty()) {
                var mapping = mappings.lastEntry();
                context.checkRelease(JCudaDriver.cuMemUnmap(new DevicePointer(start + mapping.getKey()), mapping.getValue()), "cuMemUnmap");
                mappings.pollLastEntry();
            }
            context.checkRelease(JCudaDriver.cuMemAddressFree(new DevicePointer(start), size), "cuMemAddressFree");
        }
    }

    /** The first device address. */
    public long address() {
        return address;
    }

    /** Bytes, a multiple of the granularity. */
    public long size() {
        return size;
    }

    /** Maps a whole chunk at an offset (a multiple of the granularity) where nothing is mapped. */
    public void map(long offset, PhysicalChunk chunk) {
        Sizes.within(offset, chunk.size(), size, "address range");
        ownership.enter(); // outside the lock: leaving may release, which takes the lock itself
        try {
            synchronized (mappings) {
                context.call("cuMemMap", () -> Bridge.memMap(address + offset, chunk.size(), chunk.handle()), chunk.ownership());
                mappings.put(offset, chunk.size());
            }
        } finally {
            ownership.exit();
        }
    }

    /** Lets kernels and copies read and write the mapped bytes; every byte of the part must be mapped. */
    public void setAccess(long offset, long bytes) {
        Sizes.within(offset, bytes, size, "address range");
        context.call("cuMemSetAccess", () -> Bridge.memSetAccess(address + offset, bytes, context.spec.ordinal()), ownership);
    }

    /**
     * Unmaps a part that consists of whole mappings.
     *
     * @throws IllegalArgumentException when it would cut a mapping or holds unmapped bytes
     */
    public void unmap(long offset, long bytes) {
        Sizes.within(offset, bytes, size, "address range");
        ownership.enter();
        try {
            unmapWhole(offset, bytes);
        } finally {
            ownership.exit();
        }
    }

    private void unmapWhole(long offset, long bytes) {
        synchronized (mappings) {
            NavigableMap<Long, Long> part = mappings.subMap(offset, true, offset + bytes, false);
            long covered = part.values().stream().mapToLong(Long::longValue).sum();
            boolean startsHere = !part.isEmpty() && part.firstKey() == offset;
            if (!startsHere || covered != bytes) {
                throw new IllegalArgumentException("Bytes " + offset + " to " + (offset + bytes) + " are not made of whole mappings: " + mappings);
            }
            context.call("cuMemUnmap", () -> JCudaDriver.cuMemUnmap(new DevicePointer(address + offset), bytes));
            part.clear();
        }
    }

    /** Unmaps what is mapped and gives the addresses back. Idempotent. */
    @Override
    public void close() {
        ownership.close();
    }
}
