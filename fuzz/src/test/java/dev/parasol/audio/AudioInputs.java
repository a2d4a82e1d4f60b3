package dev.parasol.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** How the readers of recordings are called, and how inputs become files that are read in little time. */
public final class AudioInputs {
    private static final int[] RATES = {8_000, 16_000, 32_000, 48_000};

    private AudioInputs() {}

    /** Reads a recording. */
    public static void read(Path file) {
        AudioReader.read(file);
    }

    /**
     * The input with a rate at which resampling takes a small table, where its rate is one that can be read: odd ones take
     * 0.3 seconds each, and have a test of their own.
     */
    public static byte[] withCheapRate(byte[] input) {
        int format = new String(input, StandardCharsets.ISO_8859_1).indexOf("fmt ");
        if (format < 0 || format + 16 > input.length) {
            return input;
        }
        byte[] file = input.clone();
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int rate = bytes.getInt(format + 12);
        if (rate >= 2_000 && rate <= 384_000) {
            bytes.putInt(format + 12, RATES[rate % RATES.length]);
        }
        return file;
    }
}
