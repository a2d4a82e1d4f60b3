package dev.parasol.weights;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts the bytes that are read of each tensor. */
final class CountingCheckpoint implements Checkpoint {
    private final Checkpoint checkpoint;
    private final Map<String, Long> read = new TreeMap<>();

    CountingCheckpoint(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
    }

    /** Bytes by tensor, those alone that were read. */
    Map<String, Long> bytesRead() {
        return read;
    }

    @Override
    public Set<String> names() {
        return checkpoint.names();
    }

    @Override
    public TensorInfo info(String name) {
        return checkpoint.info(name);
    }

    @Override
    public void read(String name, long firstElement, ByteBuffer destination) {
        read.merge(name, (long) destination.remaining(), Long::sum);
        checkpoint.read(name, firstElement, destination);
    }

    @Override
    public String source() {
        return checkpoint.source();
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
