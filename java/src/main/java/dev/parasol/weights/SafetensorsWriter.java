package dev.parasol.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parasol.cuda.DataType;
import dev.parasol.files.FileErrors;
import dev.parasol.files.OutputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes tensors from the host as a safetensors file. The file appears whole or not at all: it is written aside and then
 * renamed. Not thread-safe.
 */
public final class SafetensorsWriter {
    private static final int HEADER_ALIGNMENT = 8;
    private static final int BLOCK_ELEMENTS = 1 << 13;

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new TreeMap<>();

    private record Tensor(TensorInfo info, Content content) {}

    /** Supplies a tensor's elements while the file is written, in order and a few thousand at a time. */
    @FunctionalInterface
    public interface Content {
        /** Puts elements {@code from} to {@code to} (exclusive) in row-major order; the buffer is little endian. */
        void put(ByteBuffer buffer, long from, long to);
    }

    /** Adds a tensor of fp32 numbers, row major. The array is not copied and must stay as it is until the file is written. */
    public SafetensorsWriter add(String name, long[] shape, float[] values) {
        return add(new TensorInfo(name, DataType.F32, shape), values.length, (buffer, from, to) -> {
            for (long i = from; i < to; i++) {
                buffer.putFloat(values[(int) i]);
            }
        });
    }

    /** Adds a tensor of 64-bit integers, row major. The array is not copied. */
    public SafetensorsWriter add(String name, long[] shape, long[] values) {
        return add(new TensorInfo(name, DataType.I64, shape), values.length, (buffer, from, to) -> {
            for (long i = from; i < to; i++) {
                buffer.putLong(values[(int) i]);
            }
        });
    }

    private SafetensorsWriter add(TensorInfo info, int length, Content content) {
        if (info.count() != length || Arrays.stream(info.shape()).anyMatch(size -> size < 0)) {
            throw new IllegalArgumentException(info + " takes " + info.count() + " elements, not " + length);
        }
        return add(info, content);
    }

    /** Adds a tensor of any type whose elements are asked for only when the file is written. */
    public SafetensorsWriter add(TensorInfo info, Content content) {
        if (info.name().equals("__metadata__") || tensors.put(info.name(), new Tensor(info, content)) != null) {
            throw new IllegalArgumentException("a tensor cannot be called " + info.name() + " (again)");
        }
        return this;
    }

    /** Adds a line of free text to the header. */
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** Bytes of the file that {@link #write} would write. */
    public long bytes() {
        try {
            return header().remaining() + tensors.values().stream().mapToLong(tensor -> tensor.info().bytes()).sum();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a header of names and numbers is always JSON", e);
        }
    }

    /** Writes everything that was added, over a file that may be there; {@link ModelException} when that fails. */
    public void write(Path file) {
        try {
            OutputFile.write(file, channel -> {
                OutputFile.writeFully(channel, header());
                for (Tensor tensor : tensors.values()) {
                    write(channel, tensor);
                }
            });
        } catch (IOException e) {
            throw new ModelException(FileErrors.name(file) + " cannot be written: " + FileErrors.reason(e), e);
        }
    }

    private ByteBuffer header() throws JsonProcessingException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode text = root.putObject("__metadata__");
            metadata.forEach(text::put);
        }
        long offset = 0;
        for (Tensor tensor : tensors.values()) {
            TensorInfo info = tensor.info();
            ObjectNode node = root.putObject(info.name()).put("dtype", info.type().name());
            var shape = node.putArray("shape");
            Arrays.stream(info.shape()).forEach(shape::add);
            node.putArray("data_offsets").add(offset).add(offset + info.bytes());
            offset += info.bytes();
        }
        byte[] json = mapper.writeValueAsBytes(root);
        int padded = (json.length + HEADER_ALIGNMENT - 1) / HEADER_ALIGNMENT * HEADER_ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
        return header.put(" ".repeat(padded - json.length).getBytes(StandardCharsets.US_ASCII)).flip();
    }

    private static void write(WritableByteChannel channel, Tensor tensor) throws IOException {
        long count = tensor.info().count();
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_ELEMENTS * tensor.info().type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (long from = 0; from < count; from += BLOCK_ELEMENTS) {
            tensor.content().put(block.clear(), from, Math.min(from + BLOCK_ELEMENTS, count));
            OutputFile.writeFully(channel, block.flip());
        }
    }
}
