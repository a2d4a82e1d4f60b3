package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import dev.parasol.files.Shown;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The checkpoint of a CAM++ as {@link SpeakerTensors} wants it: batch norms folded in, in the order of the device. Not thread-safe. */
public final class SpeakerCheckpoint implements Checkpoint {
    private final Checkpoint checkpoint;
    private final List<String> notices;
    private final Map<String, SpeakerTensors.Folded> tensors = new LinkedHashMap<>();
    private String made = "";
    private float[] values;

    /**
     * @param checkpoint FunASR's; closed with this one
     * @throws ModelException when tensors are missing or wrongly shaped
     */
    SpeakerCheckpoint(SpeakerConfig config, Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
        Set<WeightSpec> sources = new LinkedHashSet<>();
        for (SpeakerTensors.Folded tensor : SpeakerTensors.folded(config)) {
            tensors.put(tensor.spec().name(), tensor);
            sources.addAll(tensor.sources());
        }
        this.notices = WeightCheck.check(checkpoint, List.copyOf(sources), name -> false);
    }

    /** Sentences for the user: what of the checkpoint is left aside. */
    public List<String> notices() {
        return notices;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        return new TensorInfo(name, DataType.F32, tensor(name).spec().shape());
    }

    @Override
    public void read(String name, long firstElement, ByteBuffer destination) {
        if (!made.equals(name)) {
            values = tensor(name).values().apply(checkpoint);
            made = name;
        }
        int count = destination.remaining() / Float.BYTES;
        destination.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values, Math.toIntExact(firstElement), count);
        destination.position(destination.position() + count * Float.BYTES);
    }

    private SpeakerTensors.Folded tensor(String name) {
        SpeakerTensors.Folded tensor = tensors.get(name);
        if (tensor == null) {
            throw new ModelException(source() + " has no tensor " + Shown.of(name));
        }
        return tensor;
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
