package dev.parasol.tools.quantize;

import dev.parasol.cuda.DataType;
import dev.parasol.tools.tensors.CheckpointView;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A quantized checkpoint as an ordinary one: int8 matrices times their channels' scales in fp32, without the scales. What quantization rounded away or
 * left out does not come back. Closing it closes what it sees. Not thread-safe.
 */
public final class DequantizedCheckpoint extends CheckpointView {
    private static final String WEIGHT = ".weight";

    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, float[]> scales = new HashMap<>();
    private final Map<String, String> metadata;

    /** @param source becomes this checkpoint's; {@link ModelException} where a matrix of it is int8 and has no scale for each channel */
    public DequantizedCheckpoint(Checkpoint source) {
        super(source);
        this.metadata = new TreeMap<>(source.metadata());
        metadata.remove(ModelFolder.QUANTIZATION);
        for (String name : source.names()) {
            TensorInfo info = source.info(name);
            if (info.type() == DataType.I8) {
                scales.put(name, scale(info));
            }
            if (!name.endsWith(ModelTensors.WEIGHT_SCALE) && !name.endsWith(ModelTensors.INPUT_SCALE)) {
                tensors.put(name, info.type() == DataType.I8 ? new TensorInfo(name, DataType.F32, info.shape()) : info);
            }
        }
    }

    private float[] scale(TensorInfo matrix) {
        String name = matrix.name().endsWith(WEIGHT)
                ? matrix.name().substring(0, matrix.name().length() - WEIGHT.length()) + ModelTensors.WEIGHT_SCALE : matrix.name();
        long rows = matrix.shape().length == 2 ? matrix.shape()[0] : -1;
        if (!source.names().contains(name) || source.info(name).count() != rows) {
            throw new ModelException(source.source() + ": " + matrix.name() + " is int8, expected a matrix with a scale for each of its rows");
        }
        return HostTensors.floats(source, name);
    }

    /** The checkpoint itself where it is not quantized. */
    public static Checkpoint of(Checkpoint source) {
        return source.metadata().containsKey(ModelFolder.QUANTIZATION) ? new DequantizedCheckpoint(source) : source;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        TensorInfo info = tensors.get(name);
        return info == null ? source.info(name) : info;
    }

    @Override
    public void read(String name, long firstElement, ByteBuffer destination) {
        float[] rows = scales.get(name);
        if (rows == null) {
            source.read(name, firstElement, destination);
            return;
        }
        ByteBuffer target = destination.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer levels = ByteBuffer.allocate(destination.remaining() / Float.BYTES);
        source.read(name, firstElement, levels);
        levels.flip();
        long cols = source.info(name).shape()[1];
        for (long i = firstElement; levels.hasRemaining(); i++) {
            target.putFloat(levels.get() * rows[(int) (i / cols)]);
        }
        destination.position(destination.limit());
    }

    @Override
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }
}
