package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Tensors on the heap. */
final class HostCheckpoint implements Checkpoint {
    private final Map<String, TensorInfo> infos = new LinkedHashMap<>();
    private final Map<String, float[]> values = new LinkedHashMap<>();

    /** Random tensors of {@code type}, small multiples of 1/64, which fp16 holds exactly. */
    static HostCheckpoint random(List<WeightSpec> specs, DataType type) {
        HostCheckpoint checkpoint = new HostCheckpoint();
        Random random = new Random(5);
        for (WeightSpec spec : specs) {
            float[] numbers = new float[(int) TensorInfo.count(spec.shape())];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (random.nextInt(513) - 256) / 64f;
            }
            checkpoint.put(spec.name(), type, spec.shape(), numbers);
        }
        return checkpoint;
    }

    HostCheckpoint put(String name, DataType type, long[] shape, float... numbers) {
        infos.put(name, new TensorInfo(name, type, shape));
        values.put(name, numbers);
        return this;
    }

    HostCheckpoint remove(String name) {
        infos.remove(name);
        return this;
    }

    float[] values(String name) {
        return values.get(name);
    }

    @Override
    public Set<String> names() {
        return infos.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        return infos.get(name);
    }

    @Override
    public void read(String name, long firstElement, ByteBuffer destination) {
        ByteBuffer target = destination.order(ByteOrder.LITTLE_ENDIAN);
        for (int i = (int) firstElement; target.hasRemaining(); i++) {
            if (infos.get(name).type() == DataType.F32) {
                target.putFloat(values.get(name)[i]);
            } else {
                target.putShort(half(values.get(name)[i]));
            }
        }
    }

    /** Exact for normal numbers of up to eleven bits, zero, infinity and NaN. */
    static short half(float value) {
        int bits = Float.floatToIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        if (value == 0) {
            return (short) sign;
        }
        if (!Float.isFinite(value)) {
            return (short) (sign | 0x7c00 | (Float.isNaN(value) ? 1 : 0));
        }
        return (short) (sign | (bits >>> 23 & 0xff) - 112 << 10 | bits >>> 13 & 0x3ff);
    }

    @Override
    public String source() {
        return "host";
    }

    @Override
    public void close() {
        // the heap's
    }
}
