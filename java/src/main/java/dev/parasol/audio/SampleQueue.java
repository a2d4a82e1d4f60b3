package dev.parasol.audio;

import java.util.Arrays;

/** Samples that wait to be taken, first in, first out. */
final class SampleQueue {
    private float[] samples = new float[1 << 13];
    private int first;
    private int end;

    int size() {
        return end - first;
    }

    void add(float sample) {
        reserve(1);
        samples[end++] = sample;
    }

    /** Adds the first {@code count} of {@code block}. */
    void add(float[] block, int count) {
        reserve(count);
        System.arraycopy(block, 0, samples, end, count);
        end += count;
    }

    /** Moves up to {@code length} samples to {@code buffer} and returns how many. */
    int take(float[] buffer, int offset, int length) {
        int count = Math.min(length, size());
        System.arraycopy(samples, first, buffer, offset, count);
        first += count;
        return count;
    }

    /** Takes up to {@code most} samples away and returns how many. */
    int drop(long most) {
        int count = (int) Math.min(most, size());
        first += count;
        return count;
    }

    private void reserve(int count) {
        if (first == end) {
            first = 0;
            end = 0;
        }
        if (count > samples.length - end) {
            samples = Arrays.copyOf(samples, Math.max(end + count, 2 * samples.length));
        }
    }
}
