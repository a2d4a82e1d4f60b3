package dev.parasol.tools.tensors;

import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.HostTensors;

/** A tensor of fp32 numbers on the host, row major. Nothing is copied. */
public record HostTensor(long[] shape, float[] values) {
    /** {@link IllegalArgumentException} when the numbers do not fill the shape. */
    public HostTensor {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        if (count != values.length) {
            throw new IllegalArgumentException(values.length + " numbers for a tensor of " + count);
        }
    }

    /** Reads a tensor of a checkpoint. */
    public static HostTensor read(Checkpoint checkpoint, String name) {
        return new HostTensor(checkpoint.info(name).shape(), HostTensors.floats(checkpoint, name));
    }

    /** Numbers in a row, all axes but the first taken together. */
    public int cols() {
        return shape[0] == 0 ? 0 : values.length / (int) shape[0];
    }
}
