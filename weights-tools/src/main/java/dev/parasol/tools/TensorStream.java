package dev.parasol.tools;

import dev.parasol.cuda.DataType;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads a tensor in pieces and hands them on in a chosen element type, so that no tensor is ever whole in memory. */
final class TensorStream {
    private static final int PIECE_ELEMENTS = 1 << 20;

    /** Takes the pieces in order. */
    interface Sink {
        void accept(ByteBuffer piece);
    }

    private TensorStream() {}

    /** What {@code info} is written as when floats become {@code floats}; other types are kept. */
    static DataType typeOf(TensorInfo info, DataType floats) {
        return info.floating() ? floats : info.type();
    }

    static void copy(Checkpoint checkpoint, TensorInfo info, DataType target, Sink sink) {
        ByteBuffer source = buffer(info.type());
        ByteBuffer converted = info.type() == target ? source : buffer(target);
        long count = info.count();
        for (long first = 0; first < count; first += PIECE_ELEMENTS) {
            int elements = (int) Math.min(PIECE_ELEMENTS, count - first);
            source.clear().limit(elements * info.type().bytes());
            checkpoint.read(info.name(), first, source);
            source.flip();
            if (converted != source) {
                convert(checkpoint, info, source, converted, target);
            }
            sink.accept(converted);
        }
    }

    private static ByteBuffer buffer(DataType type) {
        return ByteBuffer.allocate(PIECE_ELEMENTS * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void convert(Checkpoint checkpoint, TensorInfo info, ByteBuffer source, ByteBuffer converted, DataType target) {
        converted.clear();
        while (source.hasRemaining()) {
            if (target == DataType.F16) {
                float value = source.getFloat();
                short half = Half.of(value);
                if ((half & 0x7c00) == 0x7c00 && Float.isFinite(value)) {
                    throw new ModelException(checkpoint.source() + ": " + info.name() + " holds " + value
                            + ", which half precision cannot (at most 65504): keep this model in fp32");
                }
                converted.putShort(half);
            } else {
                converted.putFloat(Half.toFloat(source.getShort()));
            }
        }
        converted.flip();
    }
}
