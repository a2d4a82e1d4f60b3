package dev.parasol.weights;

import dev.parasol.files.FileErrors;
import dev.parasol.files.Shown;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file: eight bytes of header length, a JSON header, then the tensors without gaps. Reading goes through
 * positioned reads, so a file that shrinks meanwhile gives an error and not a fault.
 */
public final class SafetensorsCheckpoint implements Checkpoint {
    /** The limit of the format's reference implementation. */
    private static final int MAX_HEADER_BYTES = 100_000_000;
    private static final int BLOCK_BYTES = 1 << 16;

    private final String source;
    private final FileChannel channel;
    private SafetensorsHeader header;
    private long dataStart;

    private SafetensorsCheckpoint(String source, FileChannel channel) {
        this.source = source;
        this.channel = channel;
    }

    /** Opens a file and checks its header; the caller closes it. */
    public static SafetensorsCheckpoint open(Path file) {
        SafetensorsCheckpoint checkpoint;
        try {
            checkpoint = new SafetensorsCheckpoint(file.toString(), FileChannel.open(file, StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            throw new ModelException(FileErrors.name(file) + " " + FileErrors.absent(file), e);
        } catch (IOException e) {
            throw new ModelException(FileErrors.name(file) + " cannot be read: " + FileErrors.reason(e), e);
        }
        try {
            checkpoint.readHeader();
            return checkpoint;
        } catch (IOException e) {
            checkpoint.close();
            throw new ModelException(file + " cannot be read: " + FileErrors.reason(e), e);
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    private void readHeader() throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw new ModelException(source + " has " + size + " bytes, too few for safetensors");
        }
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        readFully(length, 0);
        long headerBytes = length.getLong(0);
        if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, size - 8)) {
            throw new ModelException(source + " says that its header has " + Long.toUnsignedString(headerBytes) + " bytes, expected 2 to "
                    + Math.min(MAX_HEADER_BYTES, size - 8));
        }
        ByteBuffer json = ByteBuffer.allocate((int) headerBytes);
        readFully(json, 8);
        dataStart = 8 + headerBytes;
        header = SafetensorsHeader.parse(source, json.array(), size - dataStart);
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(header.entries().keySet());
    }

    @Override
    public TensorInfo info(String name) {
        SafetensorsHeader.Entry entry = entry(name);
        return new TensorInfo(name, entry.type().delivered(), entry.shape());
    }

    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public void read(String name, long firstElement, ByteBuffer destination) {
        SafetensorsHeader.Entry entry = entry(name);
        ByteBuffer target = destination.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long count = target.remaining() / entry.type().delivered().bytes();
        if (firstElement < 0 || count > TensorInfo.count(entry.shape()) - firstElement) {
            throw new IllegalArgumentException("elements " + firstElement + " to " + (firstElement + count) + " of " + info(name));
        }
        try {
            long position = dataStart + entry.begin() + firstElement * entry.type().bytes();
            if (entry.type().verbatim()) {
                readFully(target, position);
            } else {
                convert(entry.type(), position, count, target);
            }
        } catch (IOException e) {
            throw new ModelException(source + ": " + Shown.of(name) + " cannot be read: " + FileErrors.reason(e), e);
        }
        destination.position(target.position());
    }

    private void convert(StoredType type, long position, long count, ByteBuffer target) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long at = position;
        for (long left = count * type.bytes(); left > 0; left -= block.limit()) {
            block.clear().limit((int) Math.min(left, BLOCK_BYTES));
            readFully(block, at);
            at += block.limit();
            block.flip();
            while (block.hasRemaining()) {
                type.convert(block, target);
            }
        }
    }

    private void readFully(ByteBuffer buffer, long position) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw new EOFException("the file ends at byte " + at);
            }
            at += read;
        }
    }

    private SafetensorsHeader.Entry entry(String name) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw new ModelException(source + " has no tensor " + Shown.of(name));
        }
        return entry;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new ModelException(source + " cannot be closed: " + FileErrors.reason(e), e);
        }
    }
}
