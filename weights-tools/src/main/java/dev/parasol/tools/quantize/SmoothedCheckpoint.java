package dev.parasol.tools.quantize;

import dev.parasol.cuda.DataType;
import dev.parasol.tools.tensors.CheckpointView;
import dev.parasol.tools.tensors.Half;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/** A checkpoint with {@link SmoothQuant}'s factors folded in; what they change is delivered in fp32. Closing it closes what it sees. Not thread-safe. */
public final class SmoothedCheckpoint extends CheckpointView {
    private final Map<String, float[]> columns = new HashMap<>();
    private final Map<String, float[]> norms = new HashMap<>();

    /** @param factors of the input channels of each layer */
    public SmoothedCheckpoint(Checkpoint source, Map<Linear, float[]> factors) {
        super(source);
        factors.forEach((linear, s) -> {
            columns.put(linear.weight(), s);
            norms.put(linear.ownNorm() + ".weight", s);
            norms.put(linear.ownNorm() + ".bias", s);
        });
    }

    @Override
    public TensorInfo info(String name) {
        TensorInfo info = source.info(name);
        return columns.containsKey(name) || norms.containsKey(name) ? new TensorInfo(name, DataType.F32, info.shape()) : info;
    }

    @Override
    public void read(String name, long firstElement, ByteBuffer destination) {
        float[] times = columns.get(name);
        float[] over = norms.get(name);
        if (times == null && over == null) {
            source.read(name, firstElement, destination);
            return;
        }
        ByteBuffer target = destination.order() == ByteOrder.LITTLE_ENDIAN ? destination : destination.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        DataType stored = source.info(name).type();
        int count = destination.remaining() / Float.BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(count * stored.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        source.read(name, firstElement, bytes);
        bytes.flip();
        for (int i = 0; i < count; i++) {
            float value = stored == DataType.F16 ? Half.toFloat(bytes.getShort()) : bytes.getFloat();
            target.putFloat(times != null ? value * times[(int) ((firstElement + i) % times.length)] : value / over[(int) (firstElement + i)]);
        }
        destination.position(destination.limit());
    }
}
