package dev.parasol.audio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** How the readers of recordings are called, and how inputs become files that are read in little time. */
public final class AudioInputs {
    private static final int BLOCK = 1000;
    /** So many are read of a long recording. */
    private static final int BLOCKS = 40;
    private static final int[] CHEAP_RATES = {8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000};
    /** The begin of the field of 20 bits. */
    private static final int FLAC_RATE = 18;

    private AudioInputs() {}

    /** Reads a recording as a clip, as a stream of which parts are skipped, and through a pipe. */
    public static void read(Path file) {
        AudioException refusal = null;
        AudioClip clip = null;
        try {
            clip = AudioReader.read(file);
        } catch (AudioException e) {
            refusal = e;                            // first, the others are tried
        }
        readPipe(file);
        if (refusal != null) {
            throw refusal;
        }
        readParts(file, clip);
    }

    private static void readPipe(Path file) {
        float[] block = new float[BLOCK];
        try (AudioStream stream = AudioStream.open(file.toString(), Files.newInputStream(file))) {
            for (int i = 0; i < BLOCKS && stream.read(block, 0, BLOCK) >= 0; i++) {
                stream.skipTo(stream.position() + 1);
            }
        } catch (AudioException e) {
            if (!e.getMessage().contains(file.toString())) {
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whatever is skipped, what remains has the clip's samples. */
    private static void readParts(Path file, AudioClip clip) {
        float[] samples = clip.samples();
        float[] block = new float[BLOCK];
        try (AudioStream stream = AudioStream.open(file)) {
            for (int i = 0; i < BLOCKS; i++) {
                int at = (int) stream.position();
                int count = stream.read(block, 0, 1 + BLOCK * (i % 3) / 3);
                if (count < 0) {
                    if (at != samples.length || !stream.warnings().equals(clip.warnings())) {
                        throw new AssertionError("a stream of " + at + " samples with " + stream.warnings() + ", a clip of " + samples.length + " with " + clip.warnings());
                    }
                    return;
                }
                if (at + count > samples.length || !Arrays.equals(block, 0, count, samples, at, at + count)) {
                    throw new AssertionError("the stream differs within " + count + " samples from sample " + at);
                }
                stream.skipTo(stream.position() + (i % 4 == 3 ? samples.length / 4 : i % 4 * 100));
            }
        }
    }

    /** WAV at a rate at which resampling takes a small table: odd ones take 0.3 seconds and 19 MB each, and have a test of their own. */
    public static byte[] wavWithCheapRate(byte[] input) {
        int format = new String(input, StandardCharsets.ISO_8859_1).indexOf("fmt ");
        if (format < 0 || format + 16 > input.length) {
            return input;
        }
        byte[] file = input.clone();
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(format + 12, cheapRate(bytes.getInt(format + 12)));
        return file;
    }

    /** FLAC at such a rate, and with checksums that are right. */
    public static byte[] flacWithCheapRate(byte[] input) {
        if (input.length < FLAC_RATE + 4) {
            return input;
        }
        byte[] file = input.clone();
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int field = bytes.getInt(FLAC_RATE);
        bytes.putInt(FLAC_RATE, cheapRate(field >>> 12) << 12 | field & 0xfff);
        return FlacRepair.repair(file);
    }

    private static int cheapRate(int rate) {
        boolean dear = rate >= 2_000 && rate <= 384_000 && Arrays.binarySearch(CHEAP_RATES, rate) < 0;
        return dear ? CHEAP_RATES[rate % CHEAP_RATES.length] : rate;
    }
}
