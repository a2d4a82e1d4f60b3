package dev.parasol.weights;

import dev.parasol.files.FileErrors;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A CAM++ as FunASR keeps it: {@code config.yaml} and {@code model.safetensors}, {@code model.pt}, the checkpoint that
 * {@code configuration.json} names, or the only file {@code *.bin} of the folder. Opening reads the configuration only. Thread-safe.
 */
public final class SpeakerFolder {
    private final String name;
    private final FolderFiles files;
    private final SpeakerConfig config;

    private SpeakerFolder(String name, FolderFiles files, SpeakerConfig config) {
        this.name = name;
        this.files = files;
        this.config = config;
    }

    /**
     * Opens a folder.
     *
     * @throws ModelException when the folder or its configuration cannot be used
     */
    public static SpeakerFolder open(String name) {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            throw new ModelException("'" + name + "' cannot be a folder: " + e.getReason(), e);
        }
        if (name.isBlank() || !Files.exists(path)) {
            throw new ModelException(FileErrors.name(path) + " " + (name.isBlank() ? "names no folder" : FileErrors.absent(path))
                    + ", expected the folder of a speaker model");
        }
        if (!Files.isDirectory(path)) {
            throw new ModelException(name + " is a file, expected the folder of a speaker model (with config.yaml in it)");
        }
        FolderFiles files = new FolderFiles(path);
        Path file = files.config();
        return new SpeakerFolder(name, files, SpeakerConfigReader.read(ConfigReader.parse(file.toString(), SmallFile.read(file, ConfigReader.MAX_BYTES))));
    }

    /** The name that it was opened by. */
    public String name() {
        return name;
    }

    /** The model's shape. */
    public SpeakerConfig config() {
        return config;
    }

    /**
     * Opens the weights with their batch norms folded in, as {@link SpeakerTensors#required} names them; the caller closes them.
     *
     * @throws ModelException when tensors are missing or wrongly shaped
     */
    public SpeakerCheckpoint openCheckpoint() {
        Checkpoint checkpoint = Checkpoints.open(files.checkpointOr(".bin"));
        try {
            return new SpeakerCheckpoint(config, checkpoint);
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }
}
