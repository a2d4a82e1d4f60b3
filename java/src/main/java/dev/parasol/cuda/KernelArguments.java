package dev.parasol.cuda;

import java.nio.ByteBuffer;

/**
 * A params struct in pinned native memory, written in place by offset and passed to launches by address, which costs the
 * least host time. Reusable as soon as a launch has returned. Not thread-safe.
 */
public final class KernelArguments implements AutoCloseable {
    /** The array of one pointer that the driver wants comes first, then the struct on its own cache line. */
    private static final int STRUCT = 64;

    private final StructLayout params;
    private final HostBuffer memory;
    private final ByteBuffer struct;

    KernelArguments(ContextState context, StructLayout params) {
        this.params = params;
        this.memory = new HostBuffer(context, STRUCT + params.size(), "KernelArguments", true);
        ByteBuffer view = memory.view();
        for (int i = 0; i < view.capacity(); i++) {
            view.put(i, (byte) 0);
        }
        view.putLong(0, memory.address() + STRUCT);
        this.struct = view.slice(STRUCT, params.size()).order(view.order());
    }

    /** Writes a device address (0: null) at a pointer field's offset. */
    public void setPointer(int offset, long address) {
        writable().putLong(offset, address);
    }

    /** Writes a 32-bit integer, signed or not. */
    public void setInt(int offset, int value) {
        writable().putInt(offset, value);
    }

    /** Writes a 64-bit integer, signed or not. */
    public void setLong(int offset, long value) {
        writable().putLong(offset, value);
    }

    /** Writes a float. */
    public void setFloat(int offset, float value) {
        writable().putFloat(offset, value);
    }

    private ByteBuffer writable() {
        if (memory.ownership().closed()) {
            throw new IllegalStateException("The arguments for " + params.name() + " are closed");
        }
        return struct;
    }

    /** Frees the memory. Idempotent. */
    @Override
    public void close() {
        memory.close();
    }

    StructLayout params() {
        return params;
    }

    long pointerArray() {
        return memory.address();
    }

    void enter() {
        memory.ownership().enter();
    }

    void exit() {
        memory.ownership().exit();
    }
}
