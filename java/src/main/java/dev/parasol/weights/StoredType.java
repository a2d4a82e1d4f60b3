package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import java.nio.ByteBuffer;

/** Element types that checkpoint files store, and what they are delivered as. All little endian. */
enum StoredType {
    F64(8, DataType.F32), F32(4, DataType.F32), F16(2, DataType.F16), BF16(2, DataType.F32),
    I64(8, DataType.I64), I32(4, DataType.I32), I16(2, DataType.I32), I8(1, DataType.I8), U8(1, DataType.I32), BOOL(1, DataType.I32);

    private final int bytes;
    private final DataType delivered;

    StoredType(int bytes, DataType delivered) {
        this.bytes = bytes;
        this.delivered = delivered;
    }

    /** Bytes per element in the file. */
    int bytes() {
        return bytes;
    }

    DataType delivered() {
        return delivered;
    }

    /** Whether elements are delivered bit for bit. */
    boolean verbatim() {
        return switch (this) {
            case F32, F16, I64, I32, I8 -> true;
            case F64, BF16, I16, U8, BOOL -> false;
        };
    }

    /** Moves the next element of {@code source} to {@code destination} (both little endian), widened or, for F64, rounded. */
    void convert(ByteBuffer source, ByteBuffer destination) {
        switch (this) {
            case F64 -> destination.putFloat((float) source.getDouble());
            case F32, I32 -> destination.putInt(source.getInt());
            case F16 -> destination.putShort(source.getShort());
            case BF16 -> destination.putInt(source.getShort() << 16);
            case I64 -> destination.putLong(source.getLong());
            case I16 -> destination.putInt(source.getShort());
            case I8 -> destination.put(source.get());
            case U8, BOOL -> destination.putInt(source.get() & 0xff);
        }
    }
}
