package dev.parasol.audio;

import java.nio.file.Path;
import java.util.Locale;

/** Reads whole recordings: an {@link AudioStream} to its end. Beside the clip itself, memory is bounded by some MiB. Thread-safe. */
public final class AudioReader {
    /** The most that an array holds. */
    private static final long MOST_SAMPLES = Integer.MAX_VALUE - 8;
    /** A clip may hold this many samples, 5 minutes, whatever the file's size … */
    private static final long FREE_SAMPLES = 300L * AudioClip.SAMPLE_RATE;
    /** … and beyond them this many for each byte: FLAC as encoders write it takes some 13 bytes for 4096 samples of silence, but may stand for 5,000 a byte. */
    private static final long SAMPLES_PER_BYTE = 512;

    private AudioReader() {}

    /**
     * Reads a recording as 16 kHz mono.
     *
     * @param file as {@link AudioStream#open} takes it
     * @throws AudioException when it is no recording that can be read, has samples that are no numbers, or is too long for one
     *     array: of more than 37 hours or than the heap has room for, or FLAC that stands for more than 512 samples a byte beyond the first five minutes. Data
     *     cut short are no error but a warning of the clip
     */
    public static AudioClip read(Path file) {
        try (AudioStream stream = AudioStream.open(file)) {
            SampleBuffer buffer = new SampleBuffer(stream.name(), Math.min(stream.length().orElse(0), most(stream)));
            while (buffer.readFrom(stream)) {
                check(buffer.count(), stream);
            }
            return new AudioClip(buffer.toArray(), stream.sourceSeconds(), stream.warnings());
        }
    }

    private static long most(AudioStream stream) {
        return FREE_SAMPLES + SAMPLES_PER_BYTE * Math.min(stream.sourceBytes(), MOST_SAMPLES);
    }

    private static void check(long samples, AudioStream stream) {
        if (samples > MOST_SAMPLES) {
            throw new AudioException(stream.name() + " is longer than " + MOST_SAMPLES / AudioClip.SAMPLE_RATE / 3600 + " hours, which is the most that a clip can hold");
        }
        if (samples > most(stream)) {
            throw new AudioException(String.format(Locale.ROOT, "%s holds more than %.1f minutes of sound in %d bytes, expected at most %d samples a byte beyond the first %d minutes: "
                    + "almost all of it is silence, and it can be read as a stream only", stream.name(), samples / 60.0 / AudioClip.SAMPLE_RATE, stream.sourceBytes(),
                    SAMPLES_PER_BYTE, FREE_SAMPLES / 60 / AudioClip.SAMPLE_RATE));
        }
    }
}
