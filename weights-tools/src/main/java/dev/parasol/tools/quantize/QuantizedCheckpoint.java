package dev.parasol.tools.quantize;

import dev.parasol.cuda.DataType;
import dev.parasol.tools.tensors.CheckpointView;
import dev.parasol.tools.tensors.HostTensor;
import dev.parasol.tools.tensors.TensorElements;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.TensorInfo;
import dev.parasol.weights.WeightSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A checkpoint as it is once some of its linear layers are int8: {@code X.weight} I8, {@code X.weight_scale} F32 and, of a static layer,
 * {@code X.input_scale} F32; other matrices F16, all else F32. It has what inference needs and nothing else. Weights are quantized while
 * they are read, by the largest magnitude of each output channel. Closing it closes what it sees. Not thread-safe.
 */
public final class QuantizedCheckpoint extends CheckpointView {
    private final Map<String, Linear> quantized = new HashMap<>();
    private final Map<String, HostTensor> scales = new HashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata;

    /**
     * @param source fp32 or fp16; becomes this checkpoint's
     * @param required what inference needs, in fp16
     * @param schemes of the layers
     * @param inputScales of the static ones
     * @param provenance what {@link ModelFolder#QUANTIZATION} will say, {@code layers} among it
     */
    public QuantizedCheckpoint(Checkpoint source, Collection<WeightSpec> required, Map<Linear, LinearScheme> schemes, Map<Linear, Float> inputScales,
            String provenance) {
        super(source);
        this.metadata = new TreeMap<>(source.metadata());
        metadata.put(ModelFolder.QUANTIZATION, provenance);
        schemes.forEach((linear, scheme) -> {
            if (scheme.quantized()) {
                quantized.put(linear.weight(), linear);
            }
            if (scheme == LinearScheme.INT8_STATIC) {
                scales.put(linear.name() + ModelTensors.INPUT_SCALE, new HostTensor(new long[] {1}, new float[] {inputScales.get(linear)}));
            }
        });
        for (WeightSpec spec : required) {
            Linear linear = quantized.get(spec.name());
            add(new TensorInfo(spec.name(), linear != null ? DataType.I8 : spec.type(), spec.shape()));
            if (linear != null) {
                add(new TensorInfo(linear.name() + ModelTensors.WEIGHT_SCALE, DataType.F32, new long[] {linear.outputs()}));
                if (schemes.get(linear) == LinearScheme.INT8_STATIC) {
                    add(new TensorInfo(linear.name() + ModelTensors.INPUT_SCALE, DataType.F32, new long[] {1}));
                }
            }
        }
    }

    private void add(TensorInfo info) {
        tensors.put(info.name(), info);
    }

    /** Bytes of all tensors. */
    public long bytes() {
        return tensors.values().stream().mapToLong(TensorInfo::bytes).sum();
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
        ByteBuffer target = destination.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        TensorInfo info = info(name);
        long last = firstElement + destination.remaining() / info.type().bytes();
        Linear linear = quantized.get(name);
        if (linear != null) {
            readQuantized(linear, firstElement, last, target);
        } else if (!name.endsWith(ModelTensors.WEIGHT_SCALE) && !name.endsWith(ModelTensors.INPUT_SCALE)) {
            new TensorElements(source, source.info(name), info.type()).put(target, firstElement, last);
        } else {
            float[] values = name.endsWith(ModelTensors.INPUT_SCALE) ? scales.get(name).values() : weightScales(weightOf(name));
            for (long i = firstElement; i < last; i++) {
                target.putFloat(values[(int) i]);
            }
        }
        destination.position(destination.limit());
    }

    private static String weightOf(String scale) {
        return scale.substring(0, scale.length() - ModelTensors.WEIGHT_SCALE.length()) + ".weight";
    }

    private void readQuantized(Linear linear, long from, long to, ByteBuffer target) {
        float[] rows = weightScales(linear.weight());
        ByteBuffer values = ByteBuffer.allocate(Math.toIntExact(to - from) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        new TensorElements(source, source.info(linear.weight()), DataType.F32).put(values, from, to);
        values.flip();
        for (long i = from; i < to; i++) {
            target.put((byte) Int8.level(values.getFloat(), Int8.inverse(rows[(int) (i / linear.inputs())])));
        }
    }

    private float[] weightScales(String weight) {
        return scales.computeIfAbsent(weight, name -> {
            Linear linear = quantized.get(name);
            float[] values = new float[linear.outputs()];
            ByteBuffer row = ByteBuffer.allocate(linear.inputs() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            TensorElements elements = new TensorElements(source, source.info(name), DataType.F32);
            for (int r = 0; r < values.length; r++) {
                elements.put(row.clear(), (long) r * linear.inputs(), (r + 1L) * linear.inputs());
                float largest = 0;
                for (row.flip(); row.hasRemaining();) {
                    largest = Math.max(largest, Math.abs(row.getFloat()));
                }
                values[r] = Int8.scale(largest);
            }
            return new HostTensor(new long[] {values.length}, values);
        }).values();
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }
}
