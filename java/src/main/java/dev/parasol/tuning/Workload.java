package dev.parasol.tuning;

import dev.parasol.audio.AudioException;
import dev.parasol.audio.AudioStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Utterances to measure with: the recordings, and of what is longer than {@link #PIECE_SECONDS} pieces of that length, since what a
 * piece says does not matter to its speed. They are repeated as often as a measurement wants. Immutable.
 */
final class Workload {
    /** About as long as segments of voice activity detection are. */
    static final int PIECE_SECONDS = 15;
    /** More audio is not held: 115 MB. */
    private static final int MOST_SECONDS = 1800;
    /** A rest of a recording that is shorter is left out: a window of the front end is hardly more. */
    private static final int SHORTEST = AudioStream.SAMPLE_RATE / 10;

    private final List<float[]> pieces;

    private Workload(List<float[]> pieces) {
        this.pieces = pieces;
    }

    /** @throws AudioException when a recording cannot be read, or none has anything to measure with */
    static Workload read(List<Path> files) {
        List<float[]> pieces = new ArrayList<>();
        long room = (long) MOST_SECONDS * AudioStream.SAMPLE_RATE;
        for (Path file : files) {
            try (AudioStream stream = AudioStream.open(file)) {
                float[] piece = new float[PIECE_SECONDS * AudioStream.SAMPLE_RATE];
                for (int count = stream.fill(piece); count >= SHORTEST && room > 0; count = stream.fill(piece)) {
                    if (audible(piece, count)) {
                        pieces.add(Arrays.copyOf(piece, count));
                        room -= count;
                    }
                }
            }
        }
        if (pieces.isEmpty()) {
            throw new AudioException(files.get(0) + (files.size() > 1 ? " and the others have" : " has")
                    + " nothing to hear, expected recordings of at least 0.1 s with speech to measure with");
        }
        return new Workload(pieces);
    }

    /** Silence is answered without the device. */
    private static boolean audible(float[] piece, int count) {
        float most = 0;
        for (int i = 0; i < count; i++) {
            most = Math.max(most, Math.abs(piece[i]));
        }
        return most >= 1e-3f;
    }

    /** The longest utterance, in seconds. */
    double longest() {
        return pieces.stream().mapToInt(piece -> piece.length).max().orElseThrow() / (double) AudioStream.SAMPLE_RATE;
    }

    /** Utterance {@code i} of an endless row. */
    float[] utterance(int i) {
        return pieces.get(i % pieces.size());
    }
}
