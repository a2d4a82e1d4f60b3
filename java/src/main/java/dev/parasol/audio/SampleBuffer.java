package dev.parasol.audio;

import java.util.Arrays;

/** Collects samples in one array, which is made in its final size when the length is known beforehand. */
final class SampleBuffer implements SampleSink {
    private static final int MAX_SAMPLES = Integer.MAX_VALUE - 8;

    private final String file;
    private float[] samples;
    private int count;

    /** @param expected how many samples will come, as far as that can be trusted */
    SampleBuffer(String file, long expected) {
        this.file = file;
        this.samples = new float[(int) Math.min(checked(expected), MAX_SAMPLES)];
    }

    @Override
    public void accept(float[] block, int length) {
        int needed = (int) checked((long) count + length);
        if (needed > samples.length) {
            samples = Arrays.copyOf(samples, (int) Math.min(Math.max(needed, samples.length * 3L / 2), MAX_SAMPLES));
        }
        System.arraycopy(block, 0, samples, count, length);
        count = needed;
    }

    private long checked(long length) {
        if (length > MAX_SAMPLES) {
            throw new AudioException(file + " is longer than " + MAX_SAMPLES / AudioClip.SAMPLE_RATE / 3600 + " hours, which is the most that a clip can hold");
        }
        return length;
    }

    /** The samples so far; not copied when the array is full. */
    float[] toArray() {
        return count == samples.length ? samples : Arrays.copyOf(samples, count);
    }
}
