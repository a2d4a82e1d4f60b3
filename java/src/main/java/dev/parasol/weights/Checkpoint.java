package dev.parasol.weights;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;

/**
 * Named tensors, read one at a time. Opening a checkpoint reads and checks its directory only.
 * Not thread-safe; {@link #close} releases the file.
 */
public interface Checkpoint extends AutoCloseable {
    /** The names in the file's own order. */
    Set<String> names();

    /** What is known of one tensor; {@link ModelException} when there is no such tensor. */
    TensorInfo info(String name);

    /**
     * Reads elements {@code firstElement} … of a tensor in row-major order, as many as fit into what remains of
     * {@code destination} (a whole number of elements), and advances its position. Little endian.
     */
    void read(String name, long firstElement, ByteBuffer destination);

    /** Reads a whole tensor; {@code destination} must have exactly its size remaining. */
    default void read(String name, ByteBuffer destination) {
        long bytes = info(name).bytes();
        if (destination.remaining() != bytes) {
            throw new IllegalArgumentException(name + " has " + bytes + " bytes, the destination " + destination.remaining());
        }
        read(name, 0, destination);
    }

    /** Free text that the file carries (safetensors' {@code __metadata__}); empty where the format has none. */
    default Map<String, String> metadata() {
        return Map.of();
    }

    /** Where the tensors come from, for messages: a path or the name of a synthetic model. */
    String source();

    @Override
    void close();
}
