package dev.parasol.weights;

import dev.parasol.cuda.DataType;
import dev.parasol.files.FileErrors;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Paraformer as FunASR keeps it ({@code config.yaml}, {@code am.mvn}, {@code tokens.json} or {@code tokens.txt}, and
 * {@code model.pt} or {@code model.safetensors}), or a synthetic one of the same shape.
 *
 * <p>Opening reads the configuration only, so that a folder without weights can be asked for its memory. Thread-safe.
 */
public final class ModelFolder {
    /**
     * Key in the {@code __metadata__} of a safetensors checkpoint: the layers that it holds, as in {@link LayerMask#parse}
     * ({@code 0-8,10-49,d0-15}; a side that is not named is whole). Layers keep their numbers, and {@code config.yaml} that of
     * the model they come from; tensors of other layers are not in the file, or are not read where they are.
     */
    public static final String KEEP_LAYERS = "parasol.keep_layers";

    /**
     * Key in the {@code __metadata__} of a quantized safetensors checkpoint: JSON with {@code version} (1) and {@code layers}, the
     * {@link LinearScheme} of each quantized linear layer by its name; what else is in it is not needed for loading. A quantized layer
     * {@code X} has {@code X.weight} (I8, {@code [n, k]}), {@code X.weight_scale} (F32, {@code [n]}) and, where its scheme is
     * {@link LinearScheme#INT8_STATIC}, {@code X.input_scale} (F32, {@code [1]}).
     */
    public static final String QUANTIZATION = "parasol.quantization";

    private static final Pattern SYNTHETIC = Pattern.compile("synth:(?<base>.+?)(?::(?<seed>\\d{1,18}))?");
    private static final String LARGE = "paraformer-large";

    private final String name;
    private final ModelConfig config;
    private final ConfigSection section;
    /** Null for a built-in synthetic model. */
    private final FolderFiles files;
    /** Null for a model with weights of its own. */
    private final Long seed;
    private final UnaryOperator<Checkpoint> view;

    private ModelFolder(String name, String configFile, ConfigSection section, FolderFiles files, Long seed) {
        this(name, ConfigReader.read(configFile, section), section, files, seed, UnaryOperator.identity());
    }

    private ModelFolder(String name, ModelConfig config, ConfigSection section, FolderFiles files, Long seed, UnaryOperator<Checkpoint> view) {
        this.name = name;
        this.section = section;
        this.config = config;
        this.view = view;
        this.files = files;
        this.seed = seed;
    }

    /**
     * Opens a model folder, or a synthetic model: {@code synth:paraformer-large}, {@code synth:FOLDER} (the folder's shape,
     * and its tokens and normalisation where there are any), either with {@code :seed} behind it.
     *
     * @throws ModelException when the folder or its configuration cannot be used
     */
    public static ModelFolder open(String name) {
        Matcher synthetic = SYNTHETIC.matcher(name);
        if (!synthetic.matches()) {
            return openFolder(name, name, null);
        }
        String base = synthetic.group("base");
        long seed = synthetic.group("seed") == null ? 0 : Long.parseLong(synthetic.group("seed"));
        if (base.equals(LARGE)) {
            return new ModelFolder(name, "synth:" + LARGE, ConfigReader.parse("synth:" + LARGE, SyntheticModels.PARAFORMER_LARGE), null, seed);
        }
        return openFolder(name, base, seed);
    }

    private static ModelFolder openFolder(String name, String folder, Long seed) {
        if (folder.isBlank()) {
            throw new ModelException("'" + name + "' names no folder, expected a model folder or synth:" + LARGE);
        }
        Path path;
        try {
            path = Path.of(folder);
        } catch (InvalidPathException e) {
            throw new ModelException("'" + folder + "' cannot be a folder: " + e.getReason(), e);
        }
        if (!Files.exists(path)) {
            throw new ModelException(folder + " " + FileErrors.absent(path) + ", expected a model folder or synth:" + LARGE);
        }
        if (!Files.isDirectory(path)) {
            throw new ModelException(folder + " is a file, expected a model folder (with config.yaml in it)");
        }
        FolderFiles files = new FolderFiles(path);
        Path configFile = files.config();
        ConfigSection section = ConfigReader.parse(configFile.toString(), SmallFile.read(configFile, ConfigReader.MAX_BYTES));
        return new ModelFolder(name, configFile.toString(), section, files, seed);
    }

    /**
     * The same model with other weights.
     *
     * @param change makes of the checkpoint that is opened the one that is read; closing the latter must close the former
     */
    public ModelFolder withWeights(UnaryOperator<Checkpoint> change) {
        return new ModelFolder(name, config, section, files, seed, checkpoint -> change.apply(view.apply(checkpoint)));
    }

    /** The name that it was opened by. */
    public String name() {
        return name;
    }

    /** The last part of the name. */
    public String shortName() {
        Path last = synthetic() ? null : Path.of(name).toAbsolutePath().normalize().getFileName();
        return last == null ? name : last.toString();
    }

    /** The model's shape. */
    public ModelConfig config() {
        return config;
    }

    /**
     * What a recognition with this model can give beside the text.
     *
     * @param timestamps whether words are to have times: from the timestamp head where the model has one, else from CIF's weights
     * @throws ModelException when the model's timestamp head is none that this library runs
     */
    public Extras extras(boolean timestamps) {
        return extras(timestamps, List.of());
    }

    /**
     * {@link #extras(boolean)} with words to listen for.
     *
     * @param hotwords see {@link HotwordList}; none where it is empty
     * @throws ModelException when the model takes no hotwords, or these are too many
     */
    public Extras extras(boolean timestamps, List<String> hotwords) {
        boolean head = timestamps && config.predictor().sequential();
        return new Extras(timestamps, head ? ConfigReader.timestampHead(section, config.encoder().outputSize()) : null,
                hotwords.isEmpty() ? null : hotwords(hotwords));
    }

    private Hotwords hotwords(List<String> phrases) {
        if (!config.model().equals("SeacoParaformer")) {
            throw new ModelException(name + " is a " + config.model() + ", which takes no hotwords (a SeacoParaformer does)");
        }
        if (synthetic()) {
            throw new ModelException(name + " has random weights, which no hotwords are made for");
        }
        Vocabulary vocabulary = vocabulary();
        SeacoConfig seaco = ConfigReader.seaco(files.config().toString(), section, config.encoder().outputSize(), vocabulary.size());
        Path dictionary = files.segDict(section);
        HotwordTokens tokens = new HotwordTokens(name, vocabulary, Files.exists(dictionary) ? SmallFile.read(dictionary, HotwordTokens.MAX_BYTES) : null);
        List<int[]> words = tokens.words(phrases);
        if (words.size() > Hotwords.FILTERED && seaco.decoder().numBlocks() <= Hotwords.FILTERING_LAYER) {
            throw new ModelException(name + " has " + seaco.decoder().numBlocks() + " layers for hotwords and takes at most " + (Hotwords.FILTERED - 1)
                    + " words, found " + (words.size() - 1));
        }
        return new Hotwords(seaco, words, tokens.warnings());
    }

    /** Whether the weights are generated. */
    public boolean synthetic() {
        return seed != null;
    }

    /** Reads the tokens. */
    public Vocabulary vocabulary() {
        Path file = files == null ? null : files.tokens(section);
        if (seed != null && (file == null || !Files.exists(file))) {
            return SyntheticModels.vocabulary(section.integer("vocab_size", SyntheticModels.VOCABULARY_SIZE, 4, 1 << 20));
        }
        return VocabularyReader.parse(file.toString(), SmallFile.read(file, VocabularyReader.MAX_BYTES));
    }

    /** Reads the normalisation; one that changes nothing when {@code config.yaml} says {@code cmvn_file: null}. */
    public Cmvn cmvn() {
        int size = config.frontend().featureSize();
        Path file = files == null ? null : files.cmvn(section);
        if (file == null || !Files.exists(file)) {
            ConfigSection frontend = section.section("frontend_conf");
            if (seed != null) {
                return SyntheticModels.cmvn(size);
            }
            if (frontend.has("cmvn_file") && frontend.text("cmvn_file", null) == null) {
                return Cmvn.identity(size);
            }
        }
        return CmvnReader.parse(file.toString(), SmallFile.read(file, CmvnReader.MAX_BYTES), size);
    }

    /** Whether there are weights to load. */
    public boolean hasCheckpoint() {
        return seed != null || Files.exists(files.checkpoint());
    }

    /**
     * The layers to run: those that {@code mask} names, out of all, or out of those that a pruned checkpoint says it holds
     * (see {@link #KEEP_LAYERS}). A side that the mask does not name is what the checkpoint holds of it.
     *
     * @throws ModelException when the mask or the checkpoint names layers that there are not
     */
    public KeptLayers keptLayers(LayerMask mask) {
        if (seed != null || !hasCheckpoint()) {
            return KeptLayers.of(config, mask);
        }
        try (Checkpoint checkpoint = openCheckpoint()) {
            String held = checkpoint.metadata().get(KEEP_LAYERS);
            return held == null ? KeptLayers.of(config, mask) : held(checkpoint.source(), held).narrowed(config, mask, checkpoint.source());
        }
    }

    private KeptLayers held(String source, String layers) {
        try {
            return KeptLayers.of(config, LayerMask.parse(layers));
        } catch (ModelException e) {
            throw new ModelException(source + ": " + KEEP_LAYERS + " in its metadata: " + e.getMessage(), e);
        }
    }

    /**
     * The schemes to run with: those that a quantized checkpoint has, else those that are wanted, which are then made while loading.
     *
     * @param wanted null for what the checkpoint has: fp16 where it is not quantized
     * @throws ModelException when the checkpoint is quantized otherwise, or cannot be quantized so without calibration
     */
    public LinearSchemes schemes(LinearSchemes wanted) {
        if (seed == null && hasCheckpoint()) {
            try (Checkpoint checkpoint = openCheckpoint()) {
                String stored = checkpoint.metadata().get(QUANTIZATION);
                if (stored != null) {
                    return SchemesReader.stored(checkpoint.source(), stored).asStored(checkpoint.source(), config, wanted);
                }
            }
        }
        return wanted == null ? LinearSchemes.unquantized(DataType.F16) : wanted.whileLoading(name, config);
    }

    /** Opens the weights; the caller closes them. */
    public Checkpoint openCheckpoint() {
        return view.apply(seed != null ? new SyntheticCheckpoint(name, config, vocabulary().size(), extras(true), seed) : Checkpoints.open(files.checkpoint()));
    }
}
