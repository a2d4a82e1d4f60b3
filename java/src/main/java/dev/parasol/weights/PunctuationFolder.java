package dev.parasol.weights;

import dev.parasol.files.FileErrors;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A punctuation model as FunASR keeps it: {@code config.yaml}, {@code tokens.json}, and {@code model.pt} or
 * {@code model.safetensors}. Opening reads the configuration only. Thread-safe.
 */
public final class PunctuationFolder {
    /** The tensor with a row for each token, which stays on the host. */
    public static final String EMBEDDING = "embed.weight";

    private final String name;
    private final FolderFiles files;
    private final ConfigSection section;
    private final PunctuationConfig config;

    private PunctuationFolder(String name, FolderFiles files, ConfigSection section, PunctuationConfig config) {
        this.name = name;
        this.files = files;
        this.section = section;
        this.config = config;
    }

    /**
     * Opens a model folder.
     *
     * @throws ModelException when the folder or its configuration cannot be used
     */
    public static PunctuationFolder open(String name) {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            throw new ModelException("'" + name + "' cannot be a folder: " + e.getReason(), e);
        }
        if (!Files.exists(path)) {
            throw new ModelException(name + " " + FileErrors.absent(path) + ", expected a folder with a punctuation model");
        }
        if (!Files.isDirectory(path)) {
            throw new ModelException(name + " is a file, expected a folder with a punctuation model (with config.yaml in it)");
        }
        FolderFiles files = new FolderFiles(path);
        Path file = files.config();
        ConfigSection section = ConfigReader.parse(file.toString(), SmallFile.read(file, ConfigReader.MAX_BYTES));
        return new PunctuationFolder(name, files, section, PunctuationConfigReader.read(file.toString(), section));
    }

    /** The name that it was opened by. */
    public String name() {
        return name;
    }

    /** The last part of the name. */
    public String shortName() {
        Path last = Path.of(name).toAbsolutePath().normalize().getFileName();
        return last == null ? name : last.toString();
    }

    /** The model's shape and marks. */
    public PunctuationConfig config() {
        return config;
    }

    /**
     * Reads the tokens.
     *
     * @throws ModelException when there are none, or a token stands twice, or the one for unknown words is missing
     */
    public TokenIds tokens() {
        Path file = files.tokens(section);
        List<String> tokens = VocabularyReader.parse(file.toString(), SmallFile.read(file, VocabularyReader.MAX_BYTES)).tokens();
        Map<String, Integer> ids = new HashMap<>(2 * tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            Integer before = ids.put(tokens.get(i), i);
            if (before != null) {
                throw new ModelException(file + ": tokens " + before + " and " + i + " are the same");
            }
        }
        String unknown = section.section("tokenizer_conf").text("unk_symbol", "<unk>");
        if (!ids.containsKey(unknown)) {
            throw new ModelException(file + " lacks the token for unknown words, " + unknown);
        }
        return new TokenIds(ids, ids.get(unknown));
    }

    /** Opens the weights; the caller closes them. */
    public Checkpoint openCheckpoint() {
        return Checkpoints.open(files.checkpoint());
    }
}
