package dev.parasol.weights;

import java.util.List;

/** What a checkpoint's pickle may consist of, beside text, numbers, truth values, lists, tuples and mappings. */
final class Pickle {
    private Pickle() {}

    /** A name in a Python module that a checkpoint may refer to. Nothing is looked up or called by it. */
    enum Name {
        ORDERED_DICT("collections", "OrderedDict", null),
        REBUILD_TENSOR("torch._utils", "_rebuild_tensor_v2", null),
        REBUILD_PARAMETER("torch._utils", "_rebuild_parameter", null),
        DOUBLE("torch", "DoubleStorage", StoredType.F64),
        FLOAT("torch", "FloatStorage", StoredType.F32),
        HALF("torch", "HalfStorage", StoredType.F16),
        BFLOAT16("torch", "BFloat16Storage", StoredType.BF16),
        LONG("torch", "LongStorage", StoredType.I64),
        INT("torch", "IntStorage", StoredType.I32),
        SHORT("torch", "ShortStorage", StoredType.I16),
        CHAR("torch", "CharStorage", StoredType.I8),
        BYTE("torch", "ByteStorage", StoredType.U8),
        BOOL("torch", "BoolStorage", StoredType.BOOL);

        private final String module;
        private final String name;
        private final StoredType storage;

        Name(String module, String name, StoredType storage) {
            this.module = module;
            this.name = name;
            this.storage = storage;
        }

        /** The element type of a storage class, else null. */
        StoredType storage() {
            return storage;
        }

        /** The allowed name, or null. */
        static Name of(String module, String name) {
            for (Name candidate : values()) {
                if (candidate.module.equals(module) && candidate.name.equals(name)) {
                    return candidate;
                }
            }
            return null;
        }
    }

    /** A run of elements in an entry of the zip file. */
    record Storage(StoredType type, String key, long count) {}

    /** A view of a storage, unchecked. */
    record Tensor(Storage storage, long offset, long[] shape, long[] strides) {}

    /** An immutable sequence; unlike {@link List}, compared by identity, since a hostile pickle can nest it into itself. */
    record Tuple(Object[] items) {
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public String toString() {
            return "tuple of " + items.length;
        }
    }
}
