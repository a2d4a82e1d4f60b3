package dev.parasol.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** A file's bytes. */
final class FileBytes implements AudioBytes {
    private final FileChannel channel;
    private long position;

    FileBytes(Path file) throws IOException {
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void seek(long place) {
        position = place;
    }

    @Override
    public int read(ByteBuffer buffer) throws IOException {
        int count = channel.read(buffer, position);
        position += Math.max(count, 0);
        return count;
    }

    @Override
    public long skip(long count) {
        position += count;
        return count;
    }

    @Override
    public byte[] peek(int count) throws IOException {
        long start = position;
        ByteBuffer bytes = fill(ByteBuffer.allocate(count));
        position = start;
        return Arrays.copyOf(bytes.array(), bytes.limit());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
