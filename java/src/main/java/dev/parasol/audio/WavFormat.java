package dev.parasol.audio;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The {@code fmt } chunk of a WAV file.
 *
 * @param sampleBytes bytes that a sample of one channel takes
 */
record WavFormat(boolean floating, int channels, int sampleRate, int sampleBytes) {
    /** Bytes of the chunk that are looked at. */
    static final int MOST_BYTES = 40;

    private static final int PCM = 1;
    private static final int FLOAT = 3;
    private static final int A_LAW = 6;
    private static final int MU_LAW = 7;
    private static final int EXTENSIBLE = 0xfffe;
    /** Behind the format's number in the sub-format of WAVE_FORMAT_EXTENSIBLE. */
    private static final byte[] SUFFIX = {0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71};

    /** @param chunk the chunk's content, little endian, from position to limit */
    static WavFormat parse(String file, ByteBuffer chunk) {
        if (chunk.remaining() < 16) {
            throw new AudioException(file + " has a WAV header whose format takes " + chunk.remaining() + " bytes, expected 16 or more");
        }
        int tag = chunk.getShort(0) & 0xffff;
        int channels = chunk.getShort(2) & 0xffff;
        int rate = chunk.getInt(4);
        int frameBytes = chunk.getShort(12) & 0xffff;
        int bits = chunk.getShort(14) & 0xffff;
        if (tag == EXTENSIBLE) {
            tag = subFormat(file, chunk);
        }
        if (tag != PCM && tag != FLOAT) {
            throw new AudioException(file + " is WAV with " + name(tag) + ", which cannot be read (supported: PCM and float)");
        }
        if (channels == 0) {
            throw new AudioException(file + " has a WAV header with 0 channels");
        }
        int sampleBytes = frameBytes / channels;
        boolean known = tag == FLOAT ? bits == 32 || bits == 64 : bits >= 1 && bits <= 32;
        if (!known || frameBytes % channels != 0 || sampleBytes != (bits + 7) / 8) {
            throw new AudioException(file + " has a WAV header with " + bits + "-bit " + name(tag) + " samples of " + channels + " channels in "
                    + frameBytes + " bytes (supported: PCM of 8, 16, 24 or 32 bits, float of 32 or 64)");
        }
        return new WavFormat(tag == FLOAT, channels, rate, sampleBytes);
    }

    private static int subFormat(String file, ByteBuffer chunk) {
        byte[] suffix = new byte[SUFFIX.length];
        if (chunk.remaining() >= MOST_BYTES) {
            chunk.get(26, suffix);
        }
        if (!Arrays.equals(suffix, SUFFIX)) {
            throw new AudioException(file + " is WAV with a sub-format that cannot be read (supported: PCM and float)");
        }
        return chunk.getShort(24) & 0xffff;
    }

    private static String name(int tag) {
        return switch (tag) {
            case PCM -> "PCM";
            case FLOAT -> "float";
            case A_LAW -> "A-law";
            case MU_LAW -> "mu-law";
            default -> "format " + tag;
        };
    }

    /** Bytes that one sample of all channels takes. */
    int frameBytes() {
        return channels * sampleBytes;
    }
}
