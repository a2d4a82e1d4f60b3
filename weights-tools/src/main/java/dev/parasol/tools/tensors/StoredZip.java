package dev.parasol.tools.tensors;

import dev.parasol.weights.ModelException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * A zip file of stored entries, written in one go: an entry's size and checksum are put into its header when it ends. Data begin at
 * multiples of 64 bytes, filled up by an extra field as PyTorch does. At most 4 GiB. Not thread-safe.
 */
final class StoredZip {
    private static final int ALIGNMENT = 64;
    private static final int HEADER = 30;
    /** 1980-01-01, so that the same tensors make the same file. */
    private static final short DATE = 0x21;
    private static final long LIMIT = 0xffff_ffffL;

    private final FileChannel channel;
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private final CRC32 checksum = new CRC32();
    private String name;
    private long header;
    private long start;
    private int entries;

    StoredZip(FileChannel channel) {
        this.channel = channel;
    }

    void entry(String entry, byte[] content) throws IOException {
        begin(entry);
        write(ByteBuffer.wrap(content));
        end();
    }

    void begin(String entry) throws IOException {
        name = entry;
        header = channel.position();
        checksum.reset();
        byte[] bytes = entry.getBytes(StandardCharsets.UTF_8);
        int padding = (int) (ALIGNMENT - (header + HEADER + bytes.length + 4) % ALIGNMENT) % ALIGNMENT;
        ByteBuffer local = little(HEADER + bytes.length + 4 + padding);
        local.putInt(0x04034b50).putShort((short) 10).putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort(DATE);
        local.putInt(0).putInt(0).putInt(0).putShort((short) bytes.length).putShort((short) (4 + padding)).put(bytes);
        local.putShort((short) 0x4246).putShort((short) padding);
        fully(local.clear());
        start = channel.position();
    }

    void write(ByteBuffer content) throws IOException {
        checksum.update(content.duplicate());
        fully(content);
    }

    void end() throws IOException {
        long end = channel.position();
        if (end > LIMIT) {
            throw new ModelException("a model.pt of more than 4 GiB is not written, use safetensors");
        }
        ByteBuffer sizes = little(12).putInt((int) checksum.getValue()).putInt((int) (end - start)).putInt((int) (end - start)).flip();
        for (long at = header + 14; sizes.hasRemaining(); ) {
            at += channel.write(sizes, at);
        }
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer central = little(46 + bytes.length);
        central.putInt(0x02014b50).putShort((short) 10).putShort((short) 10).putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort(DATE);
        central.putInt((int) checksum.getValue()).putInt((int) (end - start)).putInt((int) (end - start)).putShort((short) bytes.length);
        central.putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0).putInt((int) header).put(bytes);
        directory.writeBytes(central.array());
        entries++;
    }

    void finish() throws IOException {
        if (entries > 0xffff) {
            throw new ModelException("a model.pt of " + entries + " tensors is not written, use safetensors");
        }
        long at = channel.position();
        fully(ByteBuffer.wrap(directory.toByteArray()));
        ByteBuffer tail = little(22).putInt(0x06054b50).putShort((short) 0).putShort((short) 0).putShort((short) entries).putShort((short) entries);
        fully(tail.putInt(directory.size()).putInt((int) at).putShort((short) 0).flip());
    }

    private void fully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
