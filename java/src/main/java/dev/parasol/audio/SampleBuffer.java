package dev.parasol.audio;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Collects a stream's samples in one array, which is made in its final size when the length is known beforehand. */
final class SampleBuffer {
    private static final int MOST_SAMPLES = Integer.MAX_VALUE - 8;
    private static final int PART = 1 << 16;

    private final String name;
    private final List<float[]> parts = new ArrayList<>();
    private float[] part;
    /** Samples of the present part. */
    private int filled;
    private long count;

    /**
     * @param name of the recording, for messages
     * @param expected how many samples will come, as far as that can be trusted
     */
    SampleBuffer(String name, long expected) {
        this.name = name;
        this.part = array(Math.min(expected, MOST_SAMPLES));
    }

    private float[] array(long length) {
        try {
            return new float[Math.toIntExact(length)];
        } catch (OutOfMemoryError e) {
            long samples = Math.max(count, length);
            throw new AudioException(String.format(Locale.ROOT, "%s of %.1f hours takes %d MB as a clip, more than Java's heap of %d MB has left (java -Xmx)", name,
                    samples / 3600.0 / AudioClip.SAMPLE_RATE, samples * Float.BYTES / 1_000_000, Runtime.getRuntime().maxMemory() / 1_000_000), e);
        }
    }

    /** Reads on; false at the stream's end. */
    boolean readFrom(AudioStream stream) {
        if (filled == part.length) {
            // Behind a full array of the expected length, nothing comes as a rule.
            float[] next = array(PART);
            int read = stream.read(next, 0, PART);
            if (read < 0) {
                return false;
            }
            parts.add(part);
            part = next;
            filled = read;
            count += read;
            return true;
        }
        int read = stream.read(part, filled, part.length - filled);
        filled += Math.max(read, 0);
        count += Math.max(read, 0);
        return read >= 0;
    }

    /** How many samples there are. */
    long count() {
        return count;
    }

    /** The samples so far, at most {@link #MOST_SAMPLES}; not copied when the first array is full. */
    float[] toArray() {
        if (parts.isEmpty() && filled == part.length) {
            return part;
        }
        float[] samples = array(count);
        int at = 0;
        for (float[] full : parts) {
            System.arraycopy(full, 0, samples, at, full.length);
            at += full.length;
        }
        System.arraycopy(part, 0, samples, at, filled);
        return samples;
    }
}
