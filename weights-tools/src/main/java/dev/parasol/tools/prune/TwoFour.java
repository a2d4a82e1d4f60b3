package dev.parasol.tools.prune;

import dev.parasol.cuda.DataType;
import dev.parasol.tools.tensors.CheckpointView;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A checkpoint whose layers' matrices are 2:4 sparse: of every four neighbours in a row the two of least magnitude are 0. It is an
 * experiment on what that does to errors: the zeros are stored, and no kernel of this library makes use of them. Not thread-safe.
 */
public final class TwoFour extends CheckpointView {
    private static final int GROUP = 4;


    /** @param source becomes this checkpoint's */
    public TwoFour(Checkpoint source) {
        super(source);
    }

    /** Whether a tensor is made sparse: a matrix within a layer whose rows are whole groups. */
    static boolean sparse(TensorInfo info) {
        long[] shape = info.shape();
        return info.floating() && shape.length == 2 && shape[1] % GROUP == 0
                && (info.name().contains("_attn.linear_") || info.name().contains("feed_forward.w_"));
    }

    @Override
    public void read(String name, long firstElement, ByteBuffer destination) {
        TensorInfo info = source.info(name);
        if (!sparse(info)) {
            source.read(name, firstElement, destination);
            return;
        }
        // Whole groups around what is asked for.
        int width = info.type().bytes();
        int count = destination.remaining() / width;
        long from = firstElement / GROUP * GROUP;
        long to = Math.min(info.count(), (firstElement + count + GROUP - 1) / GROUP * GROUP);
        ByteBuffer groups = ByteBuffer.allocate(Math.toIntExact((to - from) * width)).order(ByteOrder.LITTLE_ENDIAN);
        source.read(name, from, groups);
        for (int at = 0; at < groups.capacity(); at += GROUP * width) {
            mask(groups, at, info.type());
        }
        int skipped = (int) (firstElement - from) * width;
        destination.put(groups.array(), skipped, count * width);
    }

    private static void mask(ByteBuffer groups, int at, DataType type) {
        int width = type.bytes();
        int gone = -1;
        for (int zeroed = 0; zeroed < 2; zeroed++) {
            int least = -1;
            for (int i = 0; i < GROUP; i++) {
                boolean smaller = least < 0 || magnitude(groups, at + i * width, type) < magnitude(groups, at + least * width, type);
                least = i != gone && smaller ? i : least;
            }
            for (int b = 0; b < width; b++) {
                groups.put(at + least * width + b, (byte) 0);
            }
            gone = least;
        }
    }

    /** Something that grows with the magnitude: the bits without the sign. */
    private static int magnitude(ByteBuffer bytes, int at, DataType type) {
        return type == DataType.F16 ? bytes.getShort(at) & 0x7fff : bytes.getInt(at) & 0x7fffffff;
    }
}
