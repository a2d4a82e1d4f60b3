package dev.parasol.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Recordings of 16 bits, 16 kHz, one channel. */
public final class WavFiles {
    private static final int RATE = 16_000;
    private static final int HEADER = 44;

    private WavFiles() {}

    /** Writes samples of full scale -1 … 1. */
    public static Path write(Path file, float[] samples) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + 2 * samples.length).order(ByteOrder.LITTLE_ENDIAN).put(header(samples.length));
        return Files.write(file, put(bytes, samples).array());
    }

    /** The samples as they stand in a file. */
    public static ByteBuffer put(ByteBuffer target, float[] samples) {
        target.order(ByteOrder.LITTLE_ENDIAN);
        for (float sample : samples) {
            target.putShort((short) Math.round(sample * Short.MAX_VALUE));
        }
        return target;
    }

    /** What stands before that many samples. */
    public static ByteBuffer header(long samples) {
        int bytes = Math.toIntExact(2 * samples);
        ByteBuffer head = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        head.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(HEADER - 8 + bytes).put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        head.putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(2 * RATE).putShort((short) 2).putShort((short) 16);
        return head.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(bytes).flip();
    }
}
