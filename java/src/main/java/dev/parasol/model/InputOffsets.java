package dev.parasol.model;

import java.nio.ByteBuffer;

/**
 * The one small block in which the host tells the device where utterances begin: offsets of samples (int64), of filter
 * bank rows and of frames (int32), {@code batch + 1} of each.
 */
final class InputOffsets {
    private InputOffsets() {}

    static long bytes(int batch) {
        return frames(batch) + 4L * (batch + 1);
    }

    /** Where the offsets of samples begin, in bytes. */
    static long samples() {
        return 0;
    }

    /** Where the offsets of filter bank rows begin. */
    static long fbank(int batch) {
        return 8L * (batch + 1);
    }

    /** Where the offsets of frames begin. */
    static long frames(int batch) {
        return 12L * (batch + 1);
    }

    static void write(BatchLayout layout, ByteBuffer destination) {
        for (long offset : layout.sampleOffsets()) {
            destination.putLong(offset);
        }
        for (int offset : layout.fbankOffsets()) {
            destination.putInt(offset);
        }
        for (int offset : layout.frameOffsets()) {
            destination.putInt(offset);
        }
    }
}
