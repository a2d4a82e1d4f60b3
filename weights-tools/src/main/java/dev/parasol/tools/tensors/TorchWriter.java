package dev.parasol.tools.tensors;

import dev.parasol.files.FileErrors;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.SafetensorsWriter.Content;
import dev.parasol.weights.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a state_dict as {@code torch.save} does since PyTorch 1.6: a zip file of stored entries, a pickle of protocol 2 and one
 * entry for each tensor, whose data begin at a multiple of 64 bytes. No tensor is ever whole in memory. The file appears whole or
 * not at all. Not thread-safe.
 */
public final class TorchWriter {
    private static final int BLOCK_ELEMENTS = 1 << 13;
    private static final String ROOT = "model/";

    private final Map<TensorInfo, Content> tensors = new LinkedHashMap<>();

    /** Adds a tensor of fp32, fp16 or 64-bit integers whose elements are asked for when the file is written. */
    public TorchWriter add(TensorInfo info, Content content) {
        if (tensors.put(info, content) != null) {
            throw new IllegalArgumentException(info.name() + " was added before");
        }
        return this;
    }

    /** Writes everything that was added; {@link ModelException} when that fails. */
    public void write(Path file) {
        Path aside = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                StoredZip zip = new StoredZip(channel);
                zip.entry(ROOT + "data.pkl", StatePickle.of(new ArrayList<>(tensors.keySet())));
                zip.entry(ROOT + "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
                int key = 0;
                for (Map.Entry<TensorInfo, Content> tensor : tensors.entrySet()) {
                    zip.begin(ROOT + "data/" + key++);
                    write(zip, tensor.getKey(), tensor.getValue());
                    zip.end();
                }
                zip.entry(ROOT + "version", "3\n".getBytes(StandardCharsets.US_ASCII));
                zip.finish();
            }
            Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ModelException(file + " cannot be written: " + FileErrors.reason(e), e);
        } finally {
            if (Files.exists(aside) && !aside.toFile().delete()) {
                aside.toFile().deleteOnExit();
            }
        }
    }

    private static void write(StoredZip zip, TensorInfo info, Content content) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_ELEMENTS * info.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (long from = 0; from < info.count(); from += BLOCK_ELEMENTS) {
            content.put(block.clear(), from, Math.min(from + BLOCK_ELEMENTS, info.count()));
            zip.write(block.flip());
        }
    }

    /** The name of the storage class of a type. */
    static String storage(TensorInfo info) {
        return switch (info.type()) {
            case F32 -> "FloatStorage";
            case F16 -> "HalfStorage";
            case I64 -> "LongStorage";
            case I32 -> "IntStorage";
            default -> throw new ModelException(info.name() + " is of type " + info.type() + ", which model.pt is not written with");
        };
    }
}
