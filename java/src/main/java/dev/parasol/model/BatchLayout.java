package dev.parasol.model;

import dev.parasol.kernels.Fbank;
import dev.parasol.kernels.LfrCmvn;
import dev.parasol.weights.FrontendConfig;
import java.util.Arrays;

/**
 * Where each utterance of a ragged batch begins: rows of all utterances are packed without padding, {@code offsets[b]} is
 * the first row of utterance b and {@code offsets[batch]} the number of rows.
 */
public final class BatchLayout {
    private final long[] sampleOffsets;
    private final int[] fbankOffsets;
    private final int[] frameOffsets;

    private BatchLayout(long[] sampleOffsets, int[] fbankOffsets, int[] frameOffsets) {
        this.sampleOffsets = sampleOffsets;
        this.fbankOffsets = fbankOffsets;
        this.frameOffsets = frameOffsets;
    }

    /** The layout of waveforms of these lengths, each at least 1 sample; {@link ArithmeticException} beyond 2^31 rows. */
    public static BatchLayout ofWaveforms(FrontendConfig config, long... samples) {
        int batch = samples.length;
        BatchLayout layout = new BatchLayout(new long[batch + 1], new int[batch + 1], new int[batch + 1]);
        for (int b = 0; b < batch; b++) {
            if (samples[b] < 1) {
                throw new IllegalArgumentException("utterance " + b + " has " + samples[b] + " samples");
            }
            int rows = Fbank.rows(samples[b]);
            layout.sampleOffsets[b + 1] = layout.sampleOffsets[b] + samples[b];
            layout.fbankOffsets[b + 1] = Math.addExact(layout.fbankOffsets[b], rows);
            layout.frameOffsets[b + 1] = Math.addExact(layout.frameOffsets[b], LfrCmvn.frames(rows, config.lfrN()));
        }
        return layout;
    }

    /**
     * The layout of {@code batch} utterances, equally long to a sample, that are {@code seconds} long together.
     *
     * @throws IllegalArgumentException when there are fewer samples than utterances
     */
    public static BatchLayout ofSeconds(FrontendConfig config, double seconds, int batch) {
        long total = Math.round(seconds * FrontendConfig.SAMPLE_RATE);
        if (batch < 1 || total < batch) {
            throw new IllegalArgumentException(seconds + " s of audio cannot be divided into " + batch + " utterances");
        }
        long[] samples = new long[batch];
        for (int b = 0; b < batch; b++) {
            samples[b] = total / batch + (b < total % batch ? 1 : 0);
        }
        return ofWaveforms(config, samples);
    }

    /** The layout of features with these numbers of frames, each at least 1. */
    public static BatchLayout ofFeatures(int... frames) {
        int[] offsets = new int[frames.length + 1];
        for (int b = 0; b < frames.length; b++) {
            if (frames[b] < 1) {
                throw new IllegalArgumentException("utterance " + b + " has " + frames[b] + " frames");
            }
            offsets[b + 1] = Math.addExact(offsets[b], frames[b]);
        }
        return new BatchLayout(new long[frames.length + 1], new int[frames.length + 1], offsets);
    }

    /** Utterances. */
    public int batch() {
        return frameOffsets.length - 1;
    }

    /** The totals. */
    public BatchShape shape() {
        int batch = batch();
        return new BatchShape(batch, sampleOffsets[batch], fbankOffsets[batch], frameOffsets[batch]);
    }

    long[] sampleOffsets() {
        return sampleOffsets;
    }

    int[] fbankOffsets() {
        return fbankOffsets;
    }

    int[] frameOffsets() {
        return frameOffsets;
    }

    @Override
    public String toString() {
        return "frames " + Arrays.toString(frameOffsets);
    }
}
