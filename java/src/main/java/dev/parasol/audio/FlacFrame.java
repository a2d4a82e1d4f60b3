package dev.parasol.audio;

import java.io.EOFException;
import java.io.IOException;

/** One frame of FLAC after the other; section numbers are those of RFC 9639. */
final class FlacFrame {
    /** Samples of a block. */
    private static final int MAX_BLOCK = 65_535;

    private static final int SYNC = 0b11_1111_1111_1110;
    private static final int LEFT_SIDE = 8;
    private static final int RIGHT_SIDE = 9;
    private static final int MID_SIDE = 10;
    private static final int[] SAMPLE_BITS = {0, 8, 12, -1, 16, 20, 24, 32};

    private final BitReader in;
    private final int sampleRate;
    private final int channels;
    private final int sampleBits;
    /** Of each channel, as large as the largest block so far. */
    private final long[][] samples;
    private final FlacSubframe subframe;

    /** A frame that is not as it was written. */
    static final class Damage extends IOException {
        private static final long serialVersionUID = 1;

        Damage(String message) {
            super(message);
        }
    }

    FlacFrame(BitReader in, int sampleRate, int channels, int sampleBits) {
        this.in = in;
        this.sampleRate = sampleRate;
        this.channels = channels;
        this.sampleBits = sampleBits;
        this.samples = new long[channels][0];
        this.subframe = new FlacSubframe(in);
    }

    /** Samples of a channel after {@link #read}. */
    long[] samples(int channel) {
        return samples[channel];
    }

    /**
     * Reads the next frame and returns its samples per channel.
     *
     * @throws EOFException when the file ends within it
     * @throws Damage when it is none
     */
    int read() throws IOException {
        in.startChecksum();
        check(in.bits(14) == SYNC && in.bits(1) == 0, "no frame where one should begin");
        in.bits(1);                                                     // whether block sizes vary
        int sizeCode = (int) in.bits(4);
        int rateCode = (int) in.bits(4);
        int assignment = (int) in.bits(4);
        int bitsCode = (int) in.bits(3);
        check(in.bits(1) == 0, "a reserved bit is set");
        skipNumber();
        int size = blockSize(sizeCode);
        checkRate(rateCode);
        check(bitsCode == 0 || SAMPLE_BITS[bitsCode] == sampleBits, "a change of the sample size");
        check(assignment <= MID_SIDE && (assignment < LEFT_SIDE ? assignment + 1 : 2) == channels, "a change of the channels");
        int crc8 = in.crc8();
        check(in.bits(8) == crc8, "a header with a wrong checksum");
        for (int c = 0; c < channels; c++) {
            samples[c] = samples[c].length < size ? new long[size] : samples[c];
            boolean side = assignment == RIGHT_SIDE ? c == 0 : assignment >= LEFT_SIDE && c == 1;
            subframe.read(samples[c], size, sampleBits + (side ? 1 : 0));
        }
        check(in.align(), "padding that is not zero");
        int crc16 = in.crc16();
        check(in.bits(16) == crc16, "a frame with a wrong checksum");
        decorrelate(assignment, size);
        return size;
    }

    /** The frame's or sample's number in UTF-8's manner (9.1.5): not needed, but it must be one. */
    private void skipNumber() throws IOException {
        int lead = (int) in.bits(8);
        int length = Integer.numberOfLeadingZeros(~lead << 24);
        check(length != 1 && length <= 7, "a broken frame number");
        for (int i = 1; i < length; i++) {
            check(in.bits(8) >> 6 == 0b10, "a broken frame number");
        }
    }

    /** 9.1.1 and 9.1.6. */
    private int blockSize(int code) throws IOException {
        int size = switch (code) {
            case 0 -> 0;
            case 1 -> 192;
            case 2, 3, 4, 5 -> 144 << code;
            case 6 -> (int) in.bits(8) + 1;
            case 7 -> (int) in.bits(16) + 1;
            default -> 1 << code;
        };
        check(size >= 1 && size <= MAX_BLOCK, "a reserved block size");
        return size;
    }

    /** 9.1.2 and 9.1.7. */
    private void checkRate(int code) throws IOException {
        long rate = switch (code) {
            case 0 -> sampleRate;
            case 1 -> 88_200;
            case 2 -> 176_400;
            case 3 -> 192_000;
            case 4 -> 8_000;
            case 5 -> 16_000;
            case 6 -> 22_050;
            case 7 -> 24_000;
            case 8 -> 32_000;
            case 9 -> 44_100;
            case 10 -> 48_000;
            case 11 -> 96_000;
            case 12 -> in.bits(8) * 1000;
            case 13 -> in.bits(16);
            case 14 -> in.bits(16) * 10;
            default -> -1;
        };
        check(rate == sampleRate, "a change of the sample rate");
    }

    /** 4.2: turns side channels into left and right. */
    private void decorrelate(int assignment, int size) {
        if (assignment < LEFT_SIDE) {
            return;
        }
        long[] a = samples[0];
        long[] b = samples[1];
        for (int i = 0; i < size; i++) {
            switch (assignment) {
                case LEFT_SIDE -> b[i] = a[i] - b[i];
                case RIGHT_SIDE -> a[i] += b[i];
                default -> {
                    long mid = a[i] << 1 | b[i] & 1;
                    long side = b[i];
                    a[i] = mid + side >> 1;
                    b[i] = mid - side >> 1;
                }
            }
        }
    }

    static void check(boolean condition, String trouble) throws Damage {
        if (!condition) {
            throw new Damage(trouble);
        }
    }
}
