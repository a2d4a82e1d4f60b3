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
public final class EditedCheckpoint extends CheckpointView {
    private final Map<String, String> origins = new LinkedHashMap<>();
    private final Map<String, HostTensor> replaced;
    private final boolean storedTypes;

    /**
     * @param source what is seen; becomes this checkpoint's
     * @param rename a tensor's new name, or null to drop it
     * @param replaced tensors by the name that they have in {@code source}
     * @param storedTypes deliver replaced tensors in the type that they have in {@code source}, else in fp32
     */
    public EditedCheckpoint(Checkpoint source, UnaryOperator<String> rename, Map<String, HostTensor> replaced, boolean storedTypes) {
        super(source);
        this.storedTypes = storedTypes;
        this.replaced = Map.copyOf(replaced);
        for (String name : source.names()) {
            String renamed = rename.apply(name);
            if (renamed != null) {
                origins.put(renamed, name);
            }
        }
    }

    /** Replaces tensors, in fp32, and leaves the others as they are. */
    public static UnaryOperator<Checkpoint> replacing(Map<String, HostTensor> replaced) {
        return source -> new EditedCheckpoint(source, UnaryOperator.identity(), replaced, false);
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(origins.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        String origin = origins.getOrDefault(name, name);
        HostTensor tensor = replaced.get(origin);
        TensorInfo stored = source.info(origin);
        DataType type = tensor == null || storedTypes ? stored.type() : DataType.F32;
        return new TensorInfo(name, type, tensor == null ? stored.shape() : tensor.shape());
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
        int next = Math.toIntExact(firstElement);
        if (info(name).type() == DataType.F16) {
            while (target.hasRemaining()) {
                target.putShort(Half.of(tensor.values()[next++]));
            }
        } else {
            target.asFloatBuffer().put(tensor.values(), next, target.remaining() / Float.BYTES);
        }
        destination.position(destination.limit());
    }
}
