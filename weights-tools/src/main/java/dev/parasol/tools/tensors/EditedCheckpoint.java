package dev.parasol.tools.tensors;

import dev.parasol.cuda.DataType;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A checkpoint with some of its tensors renamed, dropped or replaced; closing it closes what it sees. Not thread-safe. */
public final class EditedCheckpoint implements Checkpoint {
    private final Checkpoint source;
    private final Map<String, String> origins = new LinkedHashMap<>();
    private final Map<String, HostTensor> replaced;

    /**
     * @param source what is seen; becomes this checkpoint's
     * @param rename a tensor's new name, or null to drop it
     * @param replaced tensors by the name that they have in {@code source}
     */
    public EditedCheckpoint(Checkpoint source, UnaryOperator<String> rename, Map<String, HostTensor> replaced) {
        this.source = source;
        this.replaced = Map.copyOf(replaced);
        for (String name : source.names()) {
            String renamed = rename.apply(name);
            if (renamed != null) {
                origins.put(renamed, name);
            }
        }
    }

    /** Replaces tensors and leaves the others as they are. */
    public static UnaryOperator<Checkpoint> replacing(Map<String, HostTensor> replaced) {
        return source -> new EditedCheckpoint(source, UnaryOperator.identity(), replaced);
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(origins.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        String origin = origins.getOrDefault(name, name);
        HostTensor tensor = replaced.get(origin);
        return tensor != null
                ? new TensorInfo(name, DataType.F32, tensor.shape())
                : new TensorInfo(name, source.info(origin).type(), source.info(origin).shape());
    }

    @Override
    public void read(String name, long firstElement, ByteBuffer destination) {
        String origin = origins.getOrDefault(name, name);
        HostTensor tensor = replaced.get(origin);
        if (tensor == null) {
            source.read(origin, firstElement, destination);
            return;
        }
        ByteBuffer target = destination.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        target.asFloatBuffer().put(tensor.values(), Math.toIntExact(firstElement), target.remaining() / Float.BYTES);
        destination.position(destination.limit());
    }

    @Override
    public String source() {
        return source.source();
    }

    @Override
    public void close() {
        source.close();
    }
}
