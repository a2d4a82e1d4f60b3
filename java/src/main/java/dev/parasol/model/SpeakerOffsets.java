package dev.parasol.model;

import dev.parasol.weights.SpeakerConfig;
import java.nio.ByteBuffer;

/**
 * Where utterances begin behind a speaker network's TDNN layer, which keeps every second row, and where their segments do, over which
 * contexts are averaged: {@code batch + 1} 32-bit integers of each.
 */
final class SpeakerOffsets {
    private SpeakerOffsets() {}

    static long bytes(int batch) {
        return 2 * segments(batch);
    }

    /** Where the offsets of rows begin, in bytes. */
    static long rows() {
        return 0;
    }

    /** Where the offsets of segments begin. */
    static long segments(int batch) {
        return 4L * (batch + 1);
    }

    /** The most rows that a batch of that shape has behind the TDNN layer. */
    static int mostRows(BatchShape shape) {
        return (shape.fbankRows() + shape.batch() * (SpeakerConfig.TDNN_STRIDE - 1)) / SpeakerConfig.TDNN_STRIDE;
    }

    /** The most segments that a batch of that shape has. */
    static int mostSegments(BatchShape shape) {
        return mostRows(shape) / SpeakerConfig.SEGMENT_ROWS + shape.batch();
    }

    /** Writes the offsets of a layout as those of {@code batch} utterances, the ones that it does not have without any rows. */
    static void write(BatchLayout layout, int batch, ByteBuffer destination) {
        int rows = 0;
        int segments = 0;
        destination.putInt(0, 0).putInt(Math.toIntExact(segments(batch)), 0);
        for (int b = 0; b < batch; b++) {
            if (b < layout.batch()) {
                int own = up(layout.fbankOffsets()[b + 1] - layout.fbankOffsets()[b], SpeakerConfig.TDNN_STRIDE);
                rows += own;
                segments += up(own, SpeakerConfig.SEGMENT_ROWS);
            }
            destination.putInt(Integer.BYTES * (b + 1), rows).putInt(Math.toIntExact(segments(batch)) + Integer.BYTES * (b + 1), segments);
        }
    }

    private static int up(int rows, int by) {
        return (rows + by - 1) / by;
    }
}
