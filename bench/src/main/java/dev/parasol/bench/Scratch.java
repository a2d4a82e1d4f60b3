package dev.parasol.bench;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceBuffer;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.Stream;
import dev.parasol.kernels.KernelSet;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;
import java.util.ArrayDeque;
import java.util.Deque;

/** A device, a stream, all kernels, and device memory that lives until this is closed. Not thread-safe. */
public final class Scratch implements AutoCloseable {
    private static final byte POISON = (byte) 0xff;

    private final CudaContext context;
    private final Stream stream;
    private final KernelSet kernels;
    private final Deque<AutoCloseable> held = new ArrayDeque<>();
    private long seed = 1;

    public Scratch(DeviceSpec device) {
        context = CudaContext.open(device);
        stream = context.newStream();
        kernels = new KernelSet(context.kernels());
    }

    public CudaContext context() {
        return context;
    }

    public Stream stream() {
        return stream;
    }

    public KernelSet kernels() {
        return kernels;
    }

    /** Device memory whose bytes are all 0xff, which no number is. */
    public long allocate(long bytes) {
        DeviceBuffer buffer = context.allocate(bytes);
        held.push(buffer);
        stream.fill(buffer.address(), POISON, bytes);
        return buffer.address();
    }

    /** Keeps something until {@link #free}, which closes it. */
    public <T extends AutoCloseable> T owned(T resource) {
        held.push(resource);
        return resource;
    }

    /** Frees all memory that was allocated here, and closes what is owned, when the stream is done with it. */
    public void free() {
        stream.synchronize();
        while (!held.isEmpty()) {
            try {
                held.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Device memory with these 32-bit words. */
    public long upload(int... words) {
        long address = allocate(4L * words.length);
        try (HostBuffer host = context.allocateHost(4L * words.length)) {
            host.bytes().asIntBuffer().put(words);
            stream.copyToDevice(address, host, 0, 4L * words.length);
            stream.synchronize();
        }
        return address;
    }

    /** The 32-bit words at a device address. */
    public int[] download(long address, int count) {
        int[] words = new int[count];
        try (HostBuffer host = context.allocateHost(4L * count)) {
            stream.copyToHost(host, 0, address, 4L * count);
            stream.synchronize();
            host.bytes().asIntBuffer().get(words);
        }
        return words;
    }

    /** Normally distributed floats, different ones at every call. */
    public long normal(long count, float deviation) {
        long address = allocate(4 * count);
        kernels.randomFill().launch(stream, address, count, seed++, 0, deviation);
        return address;
    }

    /** A matrix without gaps of normally distributed numbers. */
    public Matrix normal(DataType type, int rows, int cols, float deviation) {
        Matrix target = matrix(type, rows, cols);
        long count = (long) rows * cols;
        if (type == DataType.F32) {
            kernels.randomFill().launch(stream, target.address(), count, seed++, 0, deviation);
            return target;
        }
        try (DeviceBuffer floats = context.allocate(4 * count)) {
            kernels.randomFill().launch(stream, floats.address(), count, seed++, 0, deviation);
            kernels.convert().launch(stream, new Matrix(floats.address(), DataType.F32, rows, cols, cols), target, 0);
            stream.synchronize();
        }
        return target;
    }

    /** A matrix without gaps that nothing was written to. */
    public Matrix matrix(DataType type, int rows, int cols) {
        return new Matrix(allocate((long) rows * cols * type.bytes()), type, rows, cols, cols);
    }

    /** The offsets of utterances of these lengths. */
    public Ragged ragged(int... lengths) {
        int[] offsets = new int[lengths.length + 1];
        for (int b = 0; b < lengths.length; b++) {
            offsets[b + 1] = offsets[b] + lengths[b];
        }
        return new Ragged(upload(offsets), lengths.length, offsets[lengths.length]);
    }

    @Override
    public void close() {
        try (context; stream; kernels) {
            free();
        }
    }
}
