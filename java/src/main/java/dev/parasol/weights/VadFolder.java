package dev.parasol.weights;

import dev.parasol.files.FileErrors;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * An FSMN-VAD as FunASR keeps it: {@code config.yaml}, {@code am.mvn}, and {@code model.pt} or {@code model.safetensors}.
 * Opening reads the configuration only. Thread-safe.
 */
public final class VadFolder {
    private final String name;
    private final FolderFiles files;
    private final ConfigSection section;
    private final VadConfig config;

    private VadFolder(String name, FolderFiles files, ConfigSection section) {
        this.name = name;
        this.files = files;
        this.section = section;
        this.config = VadConfigReader.read(section);
    }

    /**
     * Opens a folder.
     *
     * @throws ModelException when the folder or its configuration cannot be used
     */
    public static VadFolder open(String name) {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            throw new ModelException("'" + name + "' cannot be a folder: " + e.getReason(), e);
        }
        if (name.isBlank() || !Files.exists(path)) {
            throw new ModelException(FileErrors.name(path) + " " + (name.isBlank() ? "names no folder" : FileErrors.absent(path)) + ", expected the folder of a VAD model");
        }
        if (!Files.isDirectory(path)) {
            throw new ModelException(name + " is a file, expected the folder of a VAD model (with config.yaml in it)");
        }
        FolderFiles files = new FolderFiles(path);
        Path configFile = files.config();
        return new VadFolder(name, files, ConfigReader.parse(configFile.toString(), SmallFile.read(configFile, ConfigReader.MAX_BYTES)));
    }

    /** The name that it was opened by. */
    public String name() {
        return name;
    }

    /** The model's shape and settings. */
    public VadConfig config() {
        return config;
    }

    /** Reads the normalisation. */
    public Cmvn cmvn() {
        Path file = files.cmvn(section);
        return CmvnReader.parse(file.toString(), SmallFile.read(file, CmvnReader.MAX_BYTES), config.frontend().featureSize());
    }

    /** Opens the weights; the caller closes them. */
    public Checkpoint openCheckpoint() {
        return Checkpoints.open(files.checkpoint());
    }
}
