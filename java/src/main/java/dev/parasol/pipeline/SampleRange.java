package dev.parasol.pipeline;

/** A way to read parts of a recording, which need not be in memory as a whole. */
@FunctionalInterface
public interface SampleRange {
    /**
     * Samples {@code begin} to {@code end - 1} of the recording: mono, 16 kHz, full scale -1 … 1; fewer where it ends before that.
     *
     * @throws dev.parasol.audio.AudioException when they cannot be read
     */
    float[] read(long begin, long end);
}
