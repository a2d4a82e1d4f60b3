package dev.parasol.cuda;

import jcuda.driver.JCudaDriver;

/** Plain device memory ({@code cuMemAlloc}). Thread-safe; close it only when no launch, copy or graph uses it any more. */
public final class DeviceBuffer implements AutoCloseable {
    private final Ownership ownership;
    private final long address;
    private final long size;

    DeviceBuffer(ContextState context, long bytes) {
        Sizes.positive(bytes, "device memory");
        DevicePointer pointer = new DevicePointer();
        context.call("cuMemAlloc", () -> JCudaDriver.cuMemAlloc(pointer, bytes));
        long allocated = pointer.address();
        address = allocated;
        size = bytes;
        ownership = new Ownership(this, context, "DeviceBuffer of " + bytes + " bytes", false,
                () -> context.checkRelease(JCudaDriver.cuMemFree(new DevicePointer(allocated)), "cuMemFree"));
    }

    /** The device address, aligned to at least 256 bytes. */
    public long address() {
        return address;
    }

    /** Bytes. */
    public long size() {
        return size;
    }

    /** Frees the memory. Idempotent. */
    @Override
    public void close() {
        ownership.close();
    }
}
