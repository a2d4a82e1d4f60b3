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

    /** Writes the offsets of a layout as those of {@code batch} utterances, the ones that it does not have without any rows. */
    static void write(BatchLayout layout, int batch, ByteBuffer destination) {
        int last = layout.batch();
        for (int b = 0; b <= batch; b++) {
            destination.putLong(layout.sampleOffsets()[Math.min(b, last)]);
        }
        for (int b = 0; b <= batch; b++) {
            destination.putInt(layout.fbankOffsets()[Math.min(b, last)]);
        }
        for (int b = 0; b <= batch; b++) {
            destination.putInt(layout.frameOffsets()[Math.min(b, last)]);
        }
    }
}
