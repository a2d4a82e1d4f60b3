package dev.parasol.audio;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of a recording, one after the other; those of a file also from any place. */
interface AudioBytes extends Closeable {
    /** What {@link #size} is where nobody knows it. */
    long UNKNOWN = -1;

    /** How many bytes there are, or {@link #UNKNOWN}. Where it is known, {@link #seek} works. */
    long size() throws IOException;

    /** How many bytes have been read or skipped. */
    long position();

    /** Goes to a place of a file. */
    void seek(long position);

    /** Reads what is there, at least one byte, waiting for it; -1 at the end. */
    int read(ByteBuffer buffer) throws IOException;

    /** Passes over bytes and returns how many; a file can be left behind its end. */
    long skip(long count) throws IOException;

    /** The next {@code count} bytes, fewer before the end, without taking them. */
    byte[] peek(int count) throws IOException;

    /** Fills {@code buffer} as far as the bytes go and flips it. */
    default ByteBuffer fill(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining() && read(buffer) >= 0) {
            continue;
        }
        return buffer.flip();
    }

    /** Fills {@code buffer} and flips it, or throws. */
    default ByteBuffer require(ByteBuffer buffer) throws IOException {
        if (fill(buffer).limit() < buffer.capacity()) {
            throw new EOFException("it ends within its header");
        }
        return buffer;
    }
}
