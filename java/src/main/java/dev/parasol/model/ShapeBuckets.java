package dev.parasol.model;

import dev.parasol.kernels.Fbank;
import dev.parasol.weights.FrontendConfig;

/**
 * Shapes that plans are made for. Every batch belongs to a bucket, the least shape of the grid that has room for it, and
 * one plan serves all batches of a bucket: kernels read the true counts from the device and leave early.
 *
 * <p>The grid has two sides. Utterances are a power of two (they cost some bytes each, not rows of activations). Frames are
 * divided geometrically, 32 steps from a number to its double, no step shorter than 8 frames; 5000 frames, the 300 s that a
 * batch has by default, are a point of the grid. So a bucket has less than 1/32 (3.2 %) or 8 frames more than the batch,
 * whichever is more, 1.6 % on the average. Filter bank rows and samples are the most that so many frames can come from.
 */
final class ShapeBuckets {
    /** A frame count that is a point of the grid, and so are all its doubles. */
    private static final int ANCHOR = 5000;
    private static final int STEPS = 32;
    private static final int LEAST_STEP = 8;
    /** Halvings of the anchor to the octave whose step is the last above the least one: from 312.5 to 625 frames. */
    private static final int HALVINGS = 3;
    private static final int LINEAR = (ANCHOR >> HALVINGS) / 2;

    private ShapeBuckets() {}

    /** The bucket of a batch; that of a bucket is itself. {@link ArithmeticException} beyond 2^31 rows. */
    static BatchShape of(BatchShape shape, FrontendConfig config) {
        int frames = frames(shape.frames());
        int batch = Math.min(batch(shape.batch()), frames);
        if (!shape.fromWaveforms()) {
            return new BatchShape(batch, 0, 0, frames);
        }
        int rows = Math.multiplyExact(frames, config.lfrN());
        return new BatchShape(batch, Fbank.mostSamples(rows, batch), rows, frames);
    }

    /** The least point of the grid that is not below {@code frames}, which is at least 1. */
    static int frames(int frames) {
        if (frames <= LINEAR) {
            return (frames + LEAST_STEP - 1) / LEAST_STEP * LEAST_STEP;
        }
        // Steps need not be whole numbers: they are kept as 64ths, and points rounded down.
        long end = ANCHOR >> HALVINGS;
        while (frames > end) {
            end *= 2;
        }
        long parts = 2L * STEPS;
        long k = (frames * parts + end - 1) / end;
        return Math.toIntExact(k * end / parts);
    }

    /** The least power of two that is not below {@code batch}. */
    static int batch(int batch) {
        return batch <= 1 ? 1 : Math.multiplyExact(Integer.highestOneBit(batch - 1), 2);
    }
}
