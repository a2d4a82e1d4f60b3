package dev.parasol.tools.tensors;

import dev.parasol.cuda.DataType;
import dev.parasol.files.FileErrors;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.SafetensorsWriter;
import dev.parasol.weights.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/** Writes a model folder: aside first, read back, then renamed, so that it appears whole or not at all. Not thread-safe. */
public final class FolderWriter {
    /** How weights are stored. */
    public enum Format {
        SAFETENSORS("model.safetensors"),
        PT("model.pt");

        private final String file;

        Format(String file) {
            this.file = file;
        }

        /** The file's name. */
        public String file() {
            return file;
        }
    }

    private static final List<String> SMALL_FILES = List.of("config.yaml", "configuration.json", "am.mvn", "tokens.json", "tokens.txt", "seg_dict");

    private final Path out;
    private final Map<String, String> metadata = new TreeMap<>();
    private Format format = Format.SAFETENSORS;
    private DataType floats;
    private LongConsumer progress = bytes -> {};

    /** Makes something of the folder that is being written. */
    @FunctionalInterface
    public interface Filling {
        void fill(Path folder) throws IOException;
    }

    /** {@link ModelException} when {@code out} is there already, or its parent is not. */
    public FolderWriter(Path out) {
        this.out = out;
        if (Files.exists(out)) {
            throw new ModelException(out + " exists already, expected the name of a new folder");
        }
        Path parent = out.toAbsolutePath().getParent();
        if (!Files.isDirectory(parent)) {
            throw new ModelException(out + " cannot be written: the folder " + parent + " " + FileErrors.absent(parent));
        }
    }

    public FolderWriter format(Format value) {
        format = value;
        return this;
    }

    /** Floats are stored as F32 or F16; without this as they are. */
    public FolderWriter floats(DataType type) {
        floats = type;
        return this;
    }

    /** A line of text in the header of safetensors; model.pt has no place for it. */
    public FolderWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** Is told of every few thousand elements' bytes. */
    public FolderWriter progress(LongConsumer bytes) {
        progress = bytes;
        return this;
    }

    /**
     * Writes the folder.
     *
     * @param small puts the configuration, tokens and normalisation there
     * @return bytes of the weights
     */
    public long write(Filling small, Checkpoint weights) throws IOException {
        try (Aside aside = Aside.of(out)) {
            small.fill(aside.folder());
            long bytes = writeWeights(aside.folder().resolve(format.file()), weights);
            ModelFolder written = ModelFolder.open(aside.folder().toString());
            written.vocabulary();
            written.cmvn();
            aside.finish();
            return bytes;
        } catch (ModelException e) {
            // By the name that the user gave.
            throw new ModelException(e.getMessage().replace(Aside.path(out).toString(), out.toString()), e);
        }
    }

    private long writeWeights(Path file, Checkpoint checkpoint) throws IOException {
        if (format == Format.PT) {
            if (checkpoint.metadata().containsKey(ModelFolder.KEEP_LAYERS)) {
                throw new ModelException(checkpoint.source() + " says in its metadata which layers it holds, for which model.pt has no place: use safetensors");
            }
            TorchWriter torch = new TorchWriter();
            add(checkpoint, torch::add);
            torch.write(file);
        } else {
            safetensors(checkpoint).write(file);
        }
        return Files.size(file);
    }

    /** Bytes of {@code model.safetensors} with these weights, which are not read. */
    public long bytes(Checkpoint checkpoint) {
        return safetensors(checkpoint).bytes();
    }

    private SafetensorsWriter safetensors(Checkpoint checkpoint) {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        checkpoint.metadata().forEach(writer::metadata);
        metadata.forEach(writer::metadata);
        add(checkpoint, writer::add);
        return writer;
    }

    private void add(Checkpoint checkpoint, BiConsumer<TensorInfo, SafetensorsWriter.Content> writer) {
        for (String name : checkpoint.names()) {
            TensorInfo tensor = checkpoint.info(name);
            DataType type = tensor.floating() && floats != null ? floats : tensor.type();
            TensorElements elements = new TensorElements(checkpoint, tensor, type);
            writer.accept(new TensorInfo(name, type, tensor.shape()), (buffer, from, to) -> {
                elements.put(buffer, from, to);
                progress.accept((to - from) * type.bytes());
            });
        }
    }

    /** Copies what a FunASR folder has beside its weights; {@link ModelException} when that cannot be used. */
    public static void copySmallFiles(Path from, Path to) throws IOException {
        ModelFolder folder = ModelFolder.open(from.toString());
        folder.vocabulary();
        folder.cmvn();
        for (String name : SMALL_FILES) {
            Path file = from.resolve(name);
            if (Files.isRegularFile(file)) {
                Files.copy(file, to.resolve(name));
            }
        }
    }
}
