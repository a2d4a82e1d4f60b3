package dev.parasol.audio;

import java.util.List;

/**
 * A recording ready for the front end. The array is not copied.
 *
 * @param samples mono, 16 kHz, full scale -1 … 1; may be empty
 * @param seconds length of the recording as it was in the file
 * @param warnings what the user should know, one sentence each (data cut short, for example)
 */
public record AudioClip(float[] samples, double seconds, List<String> warnings) {
    /** Samples a second of every clip. */
    public static final int SAMPLE_RATE = 16_000;

    /** The warnings are copied. */
    public AudioClip {
        warnings = List.copyOf(warnings);
    }
}
