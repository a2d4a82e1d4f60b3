package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The rows of an embedding, read from the checkpoint as they are asked for: a table can be most of a model, and a text uses
 * little of it. The rows that were asked for last are kept, {@value #KEPT_BYTES} bytes of them at the most.
 *
 * <p>Not thread-safe. The checkpoint is closed with the table.
 */
public final class EmbeddingTable implements AutoCloseable {
    private static final int KEPT_BYTES = 8 << 20;

    private final Checkpoint checkpoint;
    private final TensorInfo info;
    private final int rows;
    private final int width;
    private final ByteBuffer raw;
    private final Map<Integer, float[]> kept;
    private long read;

    /**
     * The table {@code name} of a checkpoint, {@code [rows, width]} in fp32 or fp16.
     *
     * @throws ModelException when there is no such tensor, or another shape or type; the checkpoint stays the caller's then
     */
    public EmbeddingTable(Checkpoint checkpoint, String name, int rows, int width) {
        if (!checkpoint.names().contains(name)) {
            throw new ModelException(checkpoint.source() + " lacks " + name + " [" + rows + "x" + width + "]");
        }
        this.checkpoint = checkpoint;
        this.info = checkpoint.info(name);
        this.rows = rows;
        this.width = width;
        if (!Arrays.equals(info.shape(), new long[] {rows, width})) {
            throw new ModelException(checkpoint.source() + ": " + name + " has the shape " + TensorInfo.text(info.shape()) + ", expected "
                    + rows + "x" + width + " by config.yaml and tokens");
        }
        if (!info.floating()) {
            throw new ModelException(checkpoint.source() + ": " + name + " is of type " + info.type() + ", expected fp32 or fp16");
        }
        this.raw = ByteBuffer.allocate(Math.multiplyExact(width, info.type().bytes())).order(ByteOrder.LITTLE_ENDIAN);
        int most = Math.max(1, KEPT_BYTES / (width * Float.BYTES));
        this.kept = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, float[]> eldest) {
                return size() > most;
            }
        };
    }

    /** The rows of {@code ids}, one behind the other. {@link ModelException} when one cannot be read or holds a number that is not finite. */
    public float[] gather(int[] ids) {
        float[] result = new float[Math.multiplyExact(ids.length, width)];
        for (int i = 0; i < ids.length; i++) {
            System.arraycopy(row(ids[i]), 0, result, i * width, width);
        }
        return result;
    }

    private float[] row(int id) {
        if (id < 0 || id >= rows) {
            throw new IllegalArgumentException("row " + id + " of " + info);
        }
        float[] row = kept.get(id);
        if (row == null) {
            row = read(id);
            kept.put(id, row);
        }
        return row;
    }

    private float[] read(int id) {
        raw.clear();
        checkpoint.read(info.name(), (long) id * width, raw);
        raw.flip();
        read++;
        float[] row = new float[width];
        for (int i = 0; i < width; i++) {
            row[i] = info.type() == DataType.F32 ? raw.getFloat() : HostTensors.half(raw.getShort());
            if (!Float.isFinite(row[i])) {
                throw new ModelException(checkpoint.source() + ": " + info.name() + " is " + (Float.isNaN(row[i]) ? "NaN" : "infinite")
                        + " at [" + id + ", " + i + "]");
            }
        }
        return row;
    }

    /** Size of the whole table in the file's type, none of it on the device. */
    public long bytes() {
        return info.bytes();
    }

    /** Rows that were read so far. */
    long rowsRead() {
        return read;
    }

    @Override
    public void close() {
        checkpoint.close();
    }
}
