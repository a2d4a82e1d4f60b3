package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Whole tensors of a checkpoint as Java arrays. */
public final class HostTensors {
    private HostTensors() {}

    /** The numbers of a tensor of fp32 or fp16, row major. */
    public static float[] floats(Checkpoint checkpoint, String name) {
        TensorInfo info = checkpoint.info(name);
        if (!info.floating()) {
            throw new ModelException(checkpoint.source() + ": " + name + " is of type " + info.type() + ", expected fp32 or fp16");
        }
        ByteBuffer bytes = bytes(checkpoint, info);
        float[] values = new float[Math.toIntExact(info.count())];
        for (int i = 0; i < values.length; i++) {
            values[i] = info.type() == DataType.F32 ? bytes.getFloat() : half(bytes.getShort());
        }
        return values;
    }

    /** The numbers of a tensor of 64- or 32-bit integers, row major. */
    public static long[] longs(Checkpoint checkpoint, String name) {
        TensorInfo info = checkpoint.info(name);
        if (info.type() != DataType.I64 && info.type() != DataType.I32) {
            throw new ModelException(checkpoint.source() + ": " + name + " is of type " + info.type() + ", expected I64 or I32");
        }
        ByteBuffer bytes = bytes(checkpoint, info);
        long[] values = new long[Math.toIntExact(info.count())];
        for (int i = 0; i < values.length; i++) {
            values[i] = info.type() == DataType.I64 ? bytes.getLong() : bytes.getInt();
        }
        return values;
    }

    private static ByteBuffer bytes(Checkpoint checkpoint, TensorInfo info) {
        if (info.bytes() > Integer.MAX_VALUE - 8) {
            throw new ModelException(checkpoint.source() + ": " + info.name() + " has " + info.bytes() + " bytes, too many for the host");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) info.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        checkpoint.read(info.name(), bytes);
        return bytes.flip();
    }

    /** IEEE binary16 to binary32, exact. */
    public static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        if (exponent == 0) {
            float magnitude = mantissa * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 112;
        return Float.intBitsToFloat(sign | wide << 23 | mantissa << 13);
    }
}
