package dev.parasol.kernels;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceBuffer;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.Stream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.function.Consumer;

/** A device with its kernels, and memory that is filled with NaN until a test writes to it. */
final class Device implements AutoCloseable {
    private final CudaContext context = CudaContext.open(DeviceSpec.select(null));
    private final Stream stream = context.newStream();
    private final KernelSet kernels = new KernelSet(context.kernels());
    private final Deque<DeviceBuffer> buffers = new ArrayDeque<>();

    CudaContext context() {
        return context;
    }

    Stream stream() {
        return stream;
    }

    KernelSet kernels() {
        return kernels;
    }

    long allocate(long bytes) {
        DeviceBuffer buffer = context.allocate(Math.max(bytes, 1));
        buffers.push(buffer);
        stream.fill(buffer.address(), (byte) 0xff, Math.max(bytes, 1));
        return buffer.address();
    }

    Matrix matrix(DataType type, int rows, int cols, int stride) {
        return new Matrix(allocate((long) rows * stride * type.bytes()), type, rows, cols, stride);
    }

    /** An F32 matrix without gaps. */
    Matrix matrix(int rows, int cols) {
        return matrix(DataType.F32, rows, cols, cols);
    }

    Matrix matrix(float[] values, int rows, int cols) {
        return new Matrix(floats(values), DataType.F32, rows, cols, cols);
    }

    long floats(float... values) {
        return upload(4L * values.length, bytes -> bytes.asFloatBuffer().put(values));
    }

    long ints(int... values) {
        return upload(4L * values.length, bytes -> bytes.asIntBuffer().put(values));
    }

    long longs(long... values) {
        return upload(8L * values.length, bytes -> bytes.asLongBuffer().put(values));
    }

    long upload(long size, Consumer<ByteBuffer> writer) {
        long address = allocate(size);
        try (HostBuffer host = context.allocateHost(Math.max(size, 1))) {
            writer.accept(host.bytes());
            stream.copyToDevice(address, host, 0, size);
            stream.synchronize();
        }
        return address;
    }

    /** The offsets of utterances of these lengths. */
    Ragged ragged(int... lengths) {
        int[] offsets = offsets(lengths);
        return new Ragged(ints(offsets), lengths.length, offsets[lengths.length]);
    }

    static int[] offsets(int... lengths) {
        int[] offsets = new int[lengths.length + 1];
        for (int b = 0; b < lengths.length; b++) {
            offsets[b + 1] = offsets[b] + lengths[b];
        }
        return offsets;
    }

    static float[] random(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    float[] readFloats(long address, int count) {
        float[] values = new float[count];
        download(address, 4L * count, bytes -> bytes.asFloatBuffer().get(values));
        return values;
    }

    int[] readInts(long address, int count) {
        int[] values = new int[count];
        download(address, 4L * count, bytes -> bytes.asIntBuffer().get(values));
        return values;
    }

    /** All elements of an F32 or F16 matrix, those between the columns and the stride too. */
    float[] read(Matrix matrix) {
        int count = matrix.rows() * matrix.stride();
        if (matrix.type() == DataType.F32) {
            return readFloats(matrix.address(), count);
        }
        short[] halves = new short[count];
        download(matrix.address(), 2L * count, bytes -> bytes.asShortBuffer().get(halves));
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = fromHalf(halves[i]);
        }
        return values;
    }

    /** All elements of an I8 matrix, those between the columns and the stride too. */
    byte[] readBytes(Matrix matrix) {
        byte[] values = new byte[matrix.rows() * matrix.stride()];
        download(matrix.address(), values.length, bytes -> bytes.get(values));
        return values;
    }

    private void download(long address, long size, Consumer<ByteBuffer> reader) {
        try (HostBuffer host = context.allocateHost(Math.max(size, 1))) {
            stream.copyToHost(host, 0, address, size);
            stream.synchronize();
            reader.accept(host.bytes());
        }
    }

    static float fromHalf(short half) {
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        double magnitude;
        if (exponent == 0) {
            magnitude = Math.scalb((double) fraction, -24);
        } else if (exponent == 31) {
            magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else {
            magnitude = Math.scalb(1024.0 + fraction, exponent - 25);
        }
        return (float) (half < 0 ? -magnitude : magnitude);
    }

    @Override
    public void close() {
        kernels.close();
        buffers.forEach(DeviceBuffer::close);
        stream.close();
        context.close();
    }
}
