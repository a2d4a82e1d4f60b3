package dev.parasol.tools.data;

/**
 * One recording. The samples are not copied and must not be changed.
 *
 * @param id its name in Kaldi's files
 * @param samples mono, 16 kHz, full scale -1 … 1
 * @param text what was said, or null where nobody wrote it down
 */
public record Speech(String id, float[] samples, String text) {
    /** Samples a second. */
    public static final int SAMPLE_RATE = 16_000;

    /** Length in seconds. */
    public double seconds() {
        return (double) samples.length / SAMPLE_RATE;
    }
}
