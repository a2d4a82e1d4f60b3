package dev.parasol.pipeline;

import java.util.Arrays;

/** The latest values of a long sequence, by their places in the whole of it; what is no longer needed is dropped. Not thread-safe. */
final class FloatTrack {
    private float[] values = new float[1024];
    private long first;
    private int count;

    FloatTrack() {
        this(0);
    }

    /** @param first place of the first value that will be added */
    FloatTrack(long first) {
        this.first = first;
    }

    /** Place of the earliest value that is held. */
    long first() {
        return first;
    }

    /** Place behind the last value so far. */
    long end() {
        return first + count;
    }

    void add(float value) {
        room(1);
        values[count++] = value;
    }

    void add(float[] source, int offset, int length) {
        room(length);
        System.arraycopy(source, offset, values, count, length);
        count += length;
    }

    /** The value at {@code place}, which is held. */
    float get(long place) {
        return values[index(place)];
    }

    /** The values from {@code from} up to {@code to}, which are held. */
    float[] copy(long from, long to) {
        int start = index(from);
        return Arrays.copyOfRange(values, start, start + Math.toIntExact(to - from));
    }

    /** Forgets what is before {@code place}; what is not there yet stays to come. */
    void dropBefore(long place) {
        int gone = (int) Math.max(0, Math.min(count, place - first));
        // Moving what remains costs as much as that: it is done when at least as much goes.
        if (gone == count || gone >= count - gone) {
            System.arraycopy(values, gone, values, 0, count - gone);
            first += gone;
            count -= gone;
        }
    }

    private int index(long place) {
        if (place < first || place > first + count) {
            throw new IndexOutOfBoundsException("place " + place + " of " + first + " to " + (first + count));
        }
        return (int) (place - first);
    }

    private void room(int more) {
        if (values.length - count < more) {
            values = Arrays.copyOf(values, Math.max(Math.addExact(count, more), count + count / 2));
        }
    }
}
