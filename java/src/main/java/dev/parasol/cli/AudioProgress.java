package dev.parasol.cli;

import dev.parasol.audio.AudioException;
import dev.parasol.audio.AudioStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** How far a run has come in its recordings, how fast it is, and how long it will take. Not thread-safe. */
final class AudioProgress {
    /** Seconds of each recording; NaN where nobody knows. */
    private final double[] lengths;
    private final double knownSeconds;
    private double position;

    /** @param knownSeconds of audio that an earlier run has done, which say nothing of this one's speed */
    AudioProgress(double[] lengths, double knownSeconds) {
        this.lengths = lengths.clone();
        this.knownSeconds = knownSeconds;
    }

    /** The lengths of recordings as their headers tell; nothing is decoded. 0 for what cannot be read. */
    static double[] lengths(List<Path> files) {
        double[] lengths = new double[files.size()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = OutputNames.STANDARD_INPUT.equals(files.get(i).toString()) ? Double.NaN : length(files.get(i));
        }
        return lengths;
    }

    private static double length(Path file) {
        try (AudioStream stream = AudioStream.open(file)) {
            return stream.length().isPresent() ? (double) stream.length().getAsLong() / AudioStream.SAMPLE_RATE : Double.NaN;
        } catch (AudioException e) {
            return 0;    // told when its turn comes
        }
    }

    /** {@code seconds} of recording {@code file}, counted from 0, are done, and all of those before it. */
    void at(int file, double seconds) {
        double done = seconds;
        for (int i = 0; i < file; i++) {
            done += Double.isNaN(lengths[i]) ? 0 : lengths[i];
        }
        position = Math.max(position, done);
    }

    /** Seconds of audio that are done. */
    double position() {
        return position;
    }

    /** Seconds of audio in all; NaN where nobody knows. */
    double total() {
        double total = 0;
        for (double length : lengths) {
            total += length;
        }
        return total;
    }

    /** Such as {@code 0:01:23 of 1:00:00, 12.3 x real time, 0:04:46 left}, after {@code elapsed} seconds. */
    String text(double elapsed) {
        double total = total();
        StringBuilder text = new StringBuilder(time(position));
        if (!Double.isNaN(total)) {
            text.append(" of ").append(time(total));
        }
        double speed = (position - knownSeconds) / elapsed;
        if (speed > 0 && Double.isFinite(speed)) {
            text.append(String.format(Locale.ROOT, ", %.1f x real time", speed));
            if (!Double.isNaN(total)) {
                text.append(", ").append(time(Math.max(0, total - position) / speed)).append(" left");
            }
        }
        return text.toString();
    }

    private static String time(double seconds) {
        long whole = (long) Math.min(seconds, Integer.MAX_VALUE);
        return String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
