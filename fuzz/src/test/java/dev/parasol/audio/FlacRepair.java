package dev.parasol.audio;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Puts right the checksums of FLAC's frames, which hide from a fuzzer all that is behind them: the decoder itself is asked
 * where it found a wrong one.
 */
final class FlacRepair {
    private static final int STREAM_INFO = 8;
    private static final int FIRST_FRAME = 42;
    private static final int MOST_REPAIRS = 8;
    /** As the decoder words it, with how many bytes the sum takes. */
    private static final String WRONG_HEADER = "a header with a wrong checksum";
    private static final String WRONG_FRAME = "a frame with a wrong checksum";
    /** A fuzzer's inputs fit the reader's window, whose first byte is that where it began. */
    private static final VarHandle BIT = bit();

    private FlacRepair() {}

    private static VarHandle bit() {
        try {
            return MethodHandles.privateLookupIn(BitReader.class, MethodHandles.lookup()).findVarHandle(BitReader.class, "bit", int.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the bit reader's place", e);
        }
    }

    /** The input with sums that are right in its first frames, when stream information is all that it has before them. */
    static byte[] repair(byte[] input) {
        if (input.length <= FIRST_FRAME || input[0] != 'f' || input[4] != (byte) 0x80) {
            return input;
        }
        byte[] file = input.clone();
        int start = FIRST_FRAME;
        for (int i = 0; i < MOST_REPAIRS && start >= 0; i++) {
            start = repairFrom(file, start);
        }
        return file;
    }

    /** Puts the next wrong sum right and returns where its frame begins; -1 when there is none. */
    private static int repairFrom(byte[] file, int start) {
        int rate = (file[STREAM_INFO + 10] & 0xff) << 12 | (file[STREAM_INFO + 11] & 0xff) << 4 | (file[STREAM_INFO + 12] & 0xff) >> 4;
        int channels = (file[STREAM_INFO + 12] >> 1 & 7) + 1;
        int bits = ((file[STREAM_INFO + 12] & 1) << 4 | (file[STREAM_INFO + 13] & 0xff) >> 4) + 1;
        BitReader in = new BitReader(new PipeBytes(new ByteArrayInputStream(file, start, file.length - start)));
        FlacFrame frame = new FlacFrame(in, rate, channels, bits);
        int begin = start;
        try {
            while (in.more()) {
                begin = start + place(in);
                frame.read();
            }
            return -1;
        } catch (EOFException e) {
            return -1;
        } catch (FlacFrame.Damage e) {
            int end = start + place(in);
            if (WRONG_HEADER.equals(e.getMessage())) {
                file[end - 1] = (byte) crc(file, begin, end - 1, 8, 0x07);
                return begin;
            }
            if (WRONG_FRAME.equals(e.getMessage())) {
                int sum = crc(file, begin, end - 2, 16, 0x8005);
                file[end - 2] = (byte) (sum >> 8);
                file[end - 1] = (byte) sum;
                return begin;
            }
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);      // memory does not fail
        }
    }

    private static int place(BitReader in) {
        return (int) BIT.get(in) / 8;
    }

    private static int crc(byte[] bytes, int from, int to, int width, int polynomial) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum ^= (bytes[i] & 0xff) << width - 8;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum & 1 << width - 1) != 0 ? sum << 1 ^ polynomial : sum << 1;
            }
        }
        return sum & (1 << width) - 1;
    }
}
