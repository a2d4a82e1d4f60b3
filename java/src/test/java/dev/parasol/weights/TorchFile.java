package dev.parasol.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds checkpoints as {@code torch.save} writes them, opcode by opcode, and wrong ones. */
final class TorchFile {
    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private boolean compressed;
    private String root = "archive";

    /** A state_dict that is still open: tensors follow, then {@link #endDict}. */
    static TorchFile stateDict() {
        return new TorchFile().op(0x80, 2).op('}').op('(');
    }

    TorchFile op(int... bytes) {
        for (int b : bytes) {
            pickle.write(b);
        }
        return this;
    }

    /** The pickle as it will be in the file. */
    byte[] pickle() {
        pickle.write('.');
        return pickle.toByteArray();
    }

    TorchFile bytes(byte[] bytes) {
        pickle.writeBytes(bytes);
        return this;
    }

    TorchFile text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        op('X').int32(bytes.length);
        pickle.writeBytes(bytes);
        return this;
    }

    TorchFile raw(String text) {
        pickle.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    TorchFile global(String module, String name) {
        return raw("c" + module + "\n" + name + "\n");
    }

    TorchFile number(long value) {
        op(0x8a, 8);
        pickle.writeBytes(little(8).putLong(value).array());
        return this;
    }

    private TorchFile int32(int value) {
        pickle.writeBytes(little(4).putInt(value).array());
        return this;
    }

    TorchFile numbers(long... values) {
        op('(');
        for (long value : values) {
            number(value);
        }
        return op('t');
    }

    /** A name and the tensor of a storage. */
    TorchFile tensor(String name, String storage, String key, long count, long offset, long[] shape, long... strides) {
        return text(name).tensorValue(storage, key, count, offset, shape, strides);
    }

    TorchFile tensorValue(String storage, String key, long count, long offset, long[] shape, long... strides) {
        global("torch._utils", "_rebuild_tensor_v2").op('(');
        op('(').text("storage").global("torch", storage).text(key).text("cpu").number(count).op('t', 'Q');
        number(offset).numbers(shape).numbers(strides).op(0x89).global("collections", "OrderedDict").op(')', 'R');
        return op('t', 'R');
    }

    TorchFile floats(String name, long[] shape, float... values) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        String key = Integer.toString(entries.size());
        return tensor(name, "FloatStorage", key, values.length, 0, shape, strides).storage(key, floatBytes(values));
    }

    TorchFile endDict() {
        return op('u');
    }

    static byte[] floatBytes(float... values) {
        ByteBuffer buffer = little(4 * values.length);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.array();
    }

    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    TorchFile storage(String key, byte[] content) {
        return entry("data/" + key, content);
    }

    TorchFile entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    TorchFile compressed() {
        compressed = true;
        return this;
    }

    TorchFile root(String name) {
        root = name;
        return this;
    }

    byte[] bytes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out);
        return out.toByteArray();
    }

    Path write(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            write(out);
        }
        return file;
    }

    private void write(OutputStream out) throws IOException {
        pickle.write('.');
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            put(zip, "data.pkl", pickle.toByteArray());
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                put(zip, entry.getKey(), entry.getValue());
            }
        }
    }

    private void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(root + "/" + name);
        if (!compressed) {
            CRC32 sum = new CRC32();
            sum.update(content);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(content.length);
            entry.setCrc(sum.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
