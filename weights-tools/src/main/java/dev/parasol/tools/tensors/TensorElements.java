package dev.parasol.tools.tensors;

import dev.parasol.cuda.DataType;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.SafetensorsWriter;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A checkpoint's tensor in pieces and in a chosen element type, so that no tensor is ever whole in memory. */
public final class TensorElements implements SafetensorsWriter.Content {
    private final Checkpoint checkpoint;
    private final TensorInfo info;
    private final DataType target;
    private ByteBuffer stored = ByteBuffer.allocate(0);

    /** @param target the stored type itself, or for floats F32 or F16 */
    public TensorElements(Checkpoint checkpoint, TensorInfo info, DataType target) {
        this.checkpoint = checkpoint;
        this.info = info;
        this.target = target;
    }

    @Override
    public void put(ByteBuffer destination, long from, long to) {
        int bytes = (int) (to - from) * info.type().bytes();
        if (stored.capacity() < bytes) {
            stored = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
        checkpoint.read(info.name(), from, stored.clear().limit(bytes));
        stored.flip();
        if (info.type() == target) {
            destination.put(stored);
        } else if (target == DataType.F16) {
            while (stored.hasRemaining()) {
                destination.putShort(half(stored.getFloat()));
            }
        } else {
            while (stored.hasRemaining()) {
                destination.putFloat(Half.toFloat(stored.getShort()));
            }
        }
    }

    private short half(float value) {
        short half = Half.of(value);
        if ((half & 0x7c00) == 0x7c00 && Float.isFinite(value)) {
            throw new ModelException(checkpoint.source() + ": " + info.name() + " holds " + value
                    + ", which half precision cannot (at most 65504): keep this model in fp32");
        }
        return half;
    }
}
