package dev.parasol.audio;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Big-endian bits of a recording, with FLAC's two checksums over the bytes since {@link #startChecksum}. Ends with {@link EOFException}. */
final class BitReader {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int WINDOW = 1 << 16;
    /** A long read at any bit gives this many bits at least. */
    private static final int AT_ONCE = 57;

    private final AudioBytes bytes;
    private final byte[] window = new byte[WINDOW + Long.BYTES];
    private int limitBits;
    private int bit;
    private int checkedByte;
    private int crc8;
    private int crc16;

    /** @param bytes of which the next is the first */
    BitReader(AudioBytes bytes) {
        this.bytes = bytes;
    }

    /** The next {@code count} bits, at most 57, as an unsigned number. */
    long bits(int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        require(count);
        long value = peek() >>> Long.SIZE - count;
        bit += count;
        return value;
    }

    /** The next {@code count} bits as a number in two's complement. */
    long signed(int count) throws IOException {
        return count == 0 ? 0 : bits(count) << Long.SIZE - count >> Long.SIZE - count;
    }

    /** The number of zeros before the next one, which is taken, too. */
    long unary() throws IOException {
        long zeros = 0;
        for (;;) {
            require(1);
            int available = Math.min(limitBits - bit, AT_ONCE);
            int leading = Long.numberOfLeadingZeros(peek());
            if (leading < available) {
                bit += leading + 1;
                return zeros + leading;
            }
            bit += available;
            zeros += available;
        }
    }

    /** Skips to the next whole byte; false when a bit that is skipped is set. */
    boolean align() throws IOException {
        return bits(-bit & 7) == 0;
    }

    /** Skips whole bytes without reading them; only at a whole byte and outside of checksums. */
    void skip(long count) throws IOException {
        long inWindow = (limitBits - bit) / 8;
        if (count <= inWindow) {
            bit += (int) count * 8;
        } else {
            bytes.skip(count - inWindow);
            bit = limitBits;
        }
        checkedByte = bit / 8;
    }

    /** Whether another byte is there. */
    boolean more() throws IOException {
        return limitBits - bit >= 8 || refill();
    }

    /** Begins both checksums at the present byte. */
    void startChecksum() {
        checkedByte = bit / 8;
        crc8 = 0;
        crc16 = 0;
    }

    /** CRC-8 (x^8 + x^2 + x + 1) from {@link #startChecksum} to the present byte. */
    int crc8() {
        sum();
        return crc8;
    }

    /** CRC-16 (x^16 + x^15 + x^2 + 1) from {@link #startChecksum} to the present byte. */
    int crc16() {
        sum();
        return crc16;
    }

    private void sum() {
        for (int end = bit / 8; checkedByte < end; checkedByte++) {
            int value = window[checkedByte] & 0xff;
            crc8 = Crc.CRC8[crc8 ^ value];
            crc16 = (crc16 << 8 ^ Crc.CRC16[crc16 >>> 8 ^ value]) & 0xffff;
        }
    }

    private long peek() {
        return (long) LONGS.get(window, bit / 8) << (bit & 7);
    }

    private void require(int count) throws IOException {
        while (limitBits - bit < count) {
            if (!refill()) {
                throw new EOFException();
            }
        }
    }

    /** Moves what is left to the window's begin and reads behind it; false at the file's end. */
    private boolean refill() throws IOException {
        sum();
        int from = bit / 8;
        int left = limitBits / 8 - from;
        System.arraycopy(window, from, window, 0, left);
        bit -= from * 8;
        checkedByte = 0;
        int read = bytes.read(ByteBuffer.wrap(window, left, WINDOW - left));
        limitBits = (left + Math.max(read, 0)) * 8;
        return read > 0;
    }

    private static final class Crc {
        static final int[] CRC8 = table(8, 0x07);
        static final int[] CRC16 = table(16, 0x8005);

        private static int[] table(int width, int polynomial) {
            int[] table = new int[256];
            for (int i = 0; i < 256; i++) {
                int value = i << width - 8;
                for (int bit = 0; bit < 8; bit++) {
                    value = (value & 1 << width - 1) != 0 ? value << 1 ^ polynomial : value << 1;
                }
                table[i] = value & (1 << width) - 1;
            }
            return table;
        }
    }
}
