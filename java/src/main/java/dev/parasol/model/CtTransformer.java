package dev.parasol.model;

import dev.parasol.cuda.CudaContext;
import dev.parasol.kernels.KernelSet;
import dev.parasol.memory.MemorySystem;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.DeviceWeights;
import dev.parasol.weights.EmbeddingTable;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.Progress;
import dev.parasol.weights.PunctuationConfig;
import dev.parasol.weights.PunctuationFolder;
import dev.parasol.weights.WeightSpec;
import java.util.List;

/**
 * A CT-Transformer: for each word of a text, the id of the mark behind it. Encoder and output layer lie on the device; the
 * embedding, which is most of the model, stays in its file, and the rows of a text's words are uploaded with it. Not thread-safe.
 */
public final class CtTransformer extends SlabModel {
    private final PunctuationConfig config;
    private final KernelSet kernels;
    private final DeviceWeights weights;
    private final EmbeddingTable embedding;

    private CtTransformer(CudaContext context, MemorySystem memory, KernelSet kernels, PunctuationConfig config, Precision precision,
            DeviceWeights weights, EmbeddingTable embedding) {
        super(memory.slab(0), new ForwardPass(context, memory.slab(0), kernels, weights, null),
                new PlanCache(key -> CtTransformerPass.plan(config, precision, key.bucket(), key.logProbs())));
        this.config = config;
        this.kernels = kernels;
        this.weights = weights;
        this.embedding = embedding;
    }

    /**
     * Loads a model.
     *
     * @param words tokens that the embedding has a row for
     * @param memory pays for weights and activations; stays the caller's
     * @throws dev.parasol.weights.ModelException when the folder cannot be used
     * @throws dev.parasol.memory.DeviceMemoryExhausted when the weights do not fit; nothing stays allocated then
     */
    public static CtTransformer load(CudaContext context, MemorySystem memory, PunctuationFolder folder, int words, Precision precision,
            Progress progress) {
        PunctuationConfig config = folder.config();
        List<WeightSpec> specs = ModelTensors.punctuation(config, precision.matrixType());
        Checkpoint checkpoint = folder.openCheckpoint();
        KernelSet kernels = null;
        DeviceWeights weights = null;
        try {
            EmbeddingTable embedding = new EmbeddingTable(checkpoint, PunctuationFolder.EMBEDDING, words, config.encoder().inputSize());
            kernels = new KernelSet(context.kernels());
            weights = DeviceWeights.load(context, memory.weights(), memory.staging(), kernels, checkpoint, specs, List.of(),
                    PunctuationFolder.EMBEDDING::equals, progress);
            return new CtTransformer(context, memory, kernels, config, precision, weights, embedding);
        } catch (RuntimeException e) {
            closeAfter(e, kernels, weights, checkpoint);
            throw e;
        }
    }

    private static void closeAfter(RuntimeException failure, AutoCloseable... resources) {
        try {
            Closing.all(resources);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Bytes that {@link #load} takes at once at the most, each region in whole chunks of {@code memory}. */
    public static long bytesToLoad(MemorySystem memory, PunctuationFolder folder, Precision precision) {
        List<WeightSpec> specs = ModelTensors.punctuation(folder.config(), precision.matrixType());
        return memory.mapped(DeviceWeights.bytes(specs, List.of())) + memory.mapped(DeviceWeights.stagingBytes(specs, List.of(), false));
    }

    /** The model's shape and marks. */
    public PunctuationConfig config() {
        return config;
    }

    /** Bytes of the embedding, none of which are on the device. */
    public long embeddingBytes() {
        return embedding.bytes();
    }

    /** Sentences for the user: what of the checkpoint was left aside. */
    @Override
    public List<String> notices() {
        return weights.notices();
    }

    /**
     * Marks for the words of several texts, each text for itself.
     *
     * @param texts ids of words, at least one in each text
     * @return an id of a mark for each word
     * @throws dev.parasol.memory.DeviceMemoryExhausted when the plan's peak does not fit
     */
    public List<int[]> run(List<int[]> texts) {
        return run(texts, null);
    }

    /** {@link #run(List)} with a recorder that keeps the stages it wants, {@code logits} among them, or null. */
    List<int[]> run(List<int[]> texts, StageRecorder recorder) {
        List<float[]> rows = texts.stream().map(embedding::gather).toList();
        boolean logits = recorder != null && recorder.wants(CtTransformerPass.LOGITS);
        BatchLayout layout = layout(texts);
        return Recognised.ids(pass.run(plan(layout.shape(), logits), layout, rows, recorder));
    }

    /** Bytes that the slab must have for these texts. */
    public long peakBytes(List<int[]> texts) {
        return plan(layout(texts).shape(), false).peakBytes();
    }

    private static BatchLayout layout(List<int[]> texts) {
        return BatchLayout.ofFeatures(texts.stream().mapToInt(text -> text.length).toArray());
    }

    private ForwardPlan plan(BatchShape shape, boolean logits) {
        return plans.get(new PlanCache.Key(CtTransformerPass.bucket(shape), logits));
    }

    /** Releases everything but the memory system; nothing may be running. */
    @Override
    public void close() {
        Closing.all(plans, pass, kernels, weights, embedding, this::trim);
    }
}
