package dev.parasol.model;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.Event;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.Stream;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Brings numbers from Java arrays to the device through pinned memory of a bounded size: while one half is copied, the
 * other is filled. Not thread-safe.
 */
final class Uploader implements AutoCloseable {
    private static final int HALF_BYTES = 4 << 20;
    /** Pinned memory that an uploader holds. */
    static final long PINNED_BYTES = 2L * HALF_BYTES;

    private final HostBuffer[] halves = new HostBuffer[2];
    private final Event[] copied = new Event[2];
    private int turn;

    Uploader(CudaContext context) {
        try {
            for (int i = 0; i < 2; i++) {
                copied[i] = context.newEvent(false);
                halves[i] = context.allocateHost(HALF_BYTES);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Enqueues copies of the arrays, one behind the other from {@code address} on. The arrays may change afterwards. */
    void upload(Stream stream, long address, List<float[]> arrays) {
        FloatBuffer half = nextHalf();
        long at = address;
        for (float[] array : arrays) {
            for (int from = 0; from < array.length; ) {
                int count = Math.min(array.length - from, half.remaining());
                half.put(array, from, count);
                from += count;
                if (!half.hasRemaining()) {
                    at += send(stream, at, half);
                    half = nextHalf();
                }
            }
        }
        send(stream, at, half);
    }

    /** Waits until the other half is free and begins to fill it. */
    private FloatBuffer nextHalf() {
        turn = 1 - turn;
        copied[turn].synchronize();
        return halves[turn].bytes().asFloatBuffer();
    }

    private long send(Stream stream, long address, FloatBuffer filled) {
        long bytes = (long) filled.position() * Float.BYTES;
        if (bytes > 0) {
            stream.copyToDevice(address, halves[turn], 0, bytes);
            stream.record(copied[turn]);
        }
        return bytes;
    }

    @Override
    public void close() {
        Closing.all(halves[0], halves[1], copied[0], copied[1]);
    }
}
