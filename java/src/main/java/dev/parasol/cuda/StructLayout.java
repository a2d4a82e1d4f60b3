package dev.parasol.cuda;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory layout of a kernel's params struct, by the C rules of x86-64 and of the GPU: every field at the next multiple
 * of its size, the struct's size a multiple of its largest field. Tests compare it with the C compiler's. Immutable.
 */
public final class StructLayout {
    /** Field types, with the C type that the header has. */
    public enum Type {
        /** A device address, any C pointer. */
        POINTER(8),
        /** {@code int32_t}. */
        INT32(4),
        /** {@code uint32_t}. */
        UINT32(4),
        /** {@code int64_t}. */
        INT64(8),
        /** {@code uint64_t}. */
        UINT64(8),
        /** {@code float}. */
        FLOAT32(4);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        /** Size and alignment in bytes. */
        public int bytes() {
            return bytes;
        }
    }

    /**
     * One field.
     *
     * @param offset bytes from the struct's start
     */
    public record Field(String name, Type type, int offset) {
    }

    private final String name;
    private final String header;
    private final Map<String, Field> fields;
    private final List<Field> ordered;
    private final int size;
    private final int alignment;

    private StructLayout(Builder builder) {
        name = builder.name;
        header = builder.header;
        fields = Map.copyOf(builder.fields);
        ordered = List.copyOf(builder.fields.values());
        alignment = builder.alignment;
        size = (int) Sizes.roundUp(builder.end, alignment);
    }

    /**
     * Begins a layout.
     *
     * @param name   the struct's C name, such as {@code LayerNormParams}
     * @param header its header in {@code cuda/params}, such as {@code layer_norm.h}
     */
    public static Builder struct(String name, String header) {
        return new Builder(name, header);
    }

    /** The struct's C name. */
    public String name() {
        return name;
    }

    /** The header that defines the struct. */
    public String header() {
        return header;
    }

    /** Bytes from the struct's start to the field. */
    public int offset(String field) {
        Field found = fields.get(field);
        if (found == null) {
            throw new IllegalArgumentException("struct " + name + " has no field " + field);
        }
        return found.offset();
    }

    /** Bytes, with the padding at the end. */
    public int size() {
        return size;
    }

    /** The largest field's alignment in bytes. */
    public int alignment() {
        return alignment;
    }

    /** The fields in their order. */
    public List<Field> fields() {
        return ordered;
    }

    @Override
    public String toString() {
        return "struct " + name + " " + ordered;
    }

    /** Collects the fields in the header's order. */
    public static final class Builder {
        private final String name;
        private final String header;
        private final Map<String, Field> fields = new LinkedHashMap<>();
        private int end;
        private int alignment = 1;

        private Builder(String name, String header) {
            this.name = name;
            this.header = header;
        }

        /** A device address. */
        public Builder pointer(String field) {
            return add(field, Type.POINTER);
        }

        /** An {@code int32_t}. */
        public Builder int32(String field) {
            return add(field, Type.INT32);
        }

        /** A {@code uint32_t}. */
        public Builder uint32(String field) {
            return add(field, Type.UINT32);
        }

        /** An {@code int64_t}. */
        public Builder int64(String field) {
            return add(field, Type.INT64);
        }

        /** A {@code uint64_t}. */
        public Builder uint64(String field) {
            return add(field, Type.UINT64);
        }

        /** A {@code float}. */
        public Builder float32(String field) {
            return add(field, Type.FLOAT32);
        }

        private Builder add(String field, Type type) {
            int offset = (int) Sizes.roundUp(end, type.bytes());
            if (fields.putIfAbsent(field, new Field(field, type, offset)) != null) {
                throw new IllegalArgumentException("struct " + name + " has the field " + field + " twice");
            }
            end = offset + type.bytes();
            alignment = Math.max(alignment, type.bytes());
            return this;
        }

        /** The finished layout. */
        public StructLayout build() {
            if (fields.isEmpty()) {
                throw new IllegalArgumentException("struct " + name + " has no fields");
            }
            return new StructLayout(this);
        }
    }
}
