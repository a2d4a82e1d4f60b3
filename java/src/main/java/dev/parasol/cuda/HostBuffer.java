package dev.parasol.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.driver.JCudaDriver;

/**
 * Pinned host memory, which asynchronous copies need. Views from {@link #bytes} must not be touched after {@link #close},
 * and the buffer must stay open until the streams that copy from or to it have passed those copies. Opening and closing
 * are thread-safe, contents are as any shared memory.
 */
public final class HostBuffer implements AutoCloseable {
    private final Ownership ownership;
    private final long address;
    private final ByteBuffer view;

    /** @param privateMemory whether only this object can reach the memory, so that the Cleaner may free it */
    HostBuffer(ContextState context, long bytes, String what, boolean privateMemory) {
        Sizes.positive(bytes, "host memory");
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("A host buffer holds at most " + Integer.MAX_VALUE + " bytes, not " + bytes);
        }
        NativePointer pointer = new NativePointer();
        context.call("cuMemAllocHost", () -> JCudaDriver.cuMemAllocHost(pointer, bytes));
        long allocated = pointer.address();
        address = allocated;
        view = Bridge.view(allocated, bytes).order(ByteOrder.LITTLE_ENDIAN);
        ownership = new Ownership(this, context, what + " of " + bytes + " bytes", privateMemory,
                () -> context.checkRelease(JCudaDriver.cuMemFreeHost(new NativePointer(allocated)), "cuMemFreeHost"));
    }

    /** A new little-endian view of the whole buffer, with its own position and limit. */
    public ByteBuffer bytes() {
        if (ownership.closed()) {
            throw new IllegalStateException("HostBuffer of " + size() + " bytes is closed");
        }
        return view.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The host address. */
    public long address() {
        return address;
    }

    /** Bytes. */
    public long size() {
        return view.capacity();
    }

    /** Frees the memory. Idempotent. */
    @Override
    public void close() {
        ownership.close();
    }

    Ownership ownership() {
        return ownership;
    }

    /** The buffer's own view, for callers in this package that keep to its bounds and lifetime. */
    ByteBuffer view() {
        return view;
    }
}
