package dev.parasol.audio;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Bytes that come once, in order, and nobody knows how many. */
final class PipeBytes implements AudioBytes {
    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final byte[] skipped = new byte[BUFFER_BYTES];
    private long position;

    /** @param in closed with this */
    PipeBytes(InputStream in) {
        this.in = new BufferedInputStream(in, BUFFER_BYTES);
    }

    @Override
    public long size() {
        return UNKNOWN;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void seek(long place) {
        throw new UnsupportedOperationException("a pipe goes one way");
    }

    @Override
    public int read(ByteBuffer buffer) throws IOException {
        int count = in.read(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
        if (count > 0) {
            buffer.position(buffer.position() + count);
            position += count;
        }
        return count;
    }

    /** By reading: where standard input is a file, {@link InputStream#skip} goes beyond its end and does not tell. */
    @Override
    public long skip(long count) throws IOException {
        long done = 0;
        while (done < count) {
            int read = in.read(skipped, 0, (int) Math.min(skipped.length, count - done));
            if (read < 0) {
                break;
            }
            done += read;
        }
        position += done;
        return done;
    }

    @Override
    public byte[] peek(int count) throws IOException {
        in.mark(count);
        byte[] bytes = in.readNBytes(count);
        in.reset();
        return bytes;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
