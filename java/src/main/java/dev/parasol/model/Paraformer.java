package dev.parasol.model;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.kernels.KernelSet;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemorySystem;
import dev.parasol.memory.Region;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.Constant;
import dev.parasol.weights.DeviceWeights;
import dev.parasol.weights.EmbeddingTable;
import dev.parasol.weights.Extras;
import dev.parasol.weights.KeptLayers;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.ModelFolder;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.Progress;
import dev.parasol.weights.Vocabulary;
import dev.parasol.weights.WeightSpec;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A Paraformer on a device: its weights, and a stream and a slab to run it, or two of each. Not thread-safe, but for {@link #layout}, {@link #plan}, {@link #reserved} and {@link #peak}. */
public final class Paraformer implements ReclaimableModel {
    private final ModelConfig config;
    private final KeptLayers layers;
    private final Vocabulary vocabulary;
    private final LinearSchemes schemes;
    private final Extras extras;
    private final KernelSet kernels;
    private final DeviceWeights weights;
    private final CudaContext context;
    private final MemorySystem memory;
    private final Region slab;
    private final ForwardPass pass;
    /** For the batch that overlaps another one; null before there was any. */
    private ForwardPass second;
    private volatile Region secondSlab;
    private final PlanCache plans;
    private boolean graphs = true;

    private Paraformer(CudaContext context, MemorySystem memory, KernelSet kernels, ModelConfig config, KeptLayers layers,
            Vocabulary vocabulary, LinearSchemes schemes, Extras extras, DeviceWeights weights) {
        this.config = config;
        this.layers = layers;
        this.vocabulary = vocabulary;
        this.schemes = schemes;
        this.extras = extras;
        this.kernels = kernels;
        this.weights = weights;
        this.context = context;
        this.memory = memory;
        this.slab = memory.slab(0);
        this.plans = new PlanCache(key -> ForwardPlan.of(config, layers, vocabulary.size(), schemes, extras, key.bucket(), key.logProbs()));
        this.pass = newPass(slab);
    }

    private ForwardPass newPass(Region own) {
        return new ForwardPass(context, own, kernels, weights, FrontEndTables.in(weights, config.frontend()));
    }

    /** {@link #load(CudaContext, MemorySystem, ModelFolder, LayerMask, Precision, Progress)} with every layer. */
    public static Paraformer load(CudaContext context, MemorySystem memory, ModelFolder folder, Precision precision, Progress progress) {
        return load(context, memory, folder, LayerMask.ALL, precision, progress);
    }

    /**
     * Loads a model.
     *
     * @param mask layers that are not kept are neither read nor put on the device
     * @param memory pays for weights and activations; stays the caller's
     * @throws dev.parasol.weights.ModelException when the folder cannot be used
     * @throws dev.parasol.memory.DeviceMemoryExhausted when the weights do not fit; nothing stays allocated then
     */
    public static Paraformer load(CudaContext context, MemorySystem memory, ModelFolder folder, LayerMask mask, Precision precision,
            Progress progress) {
        return load(context, memory, folder, mask, precision.schemes(), progress);
    }

    /**
     * {@link #load(CudaContext, MemorySystem, ModelFolder, LayerMask, Precision, Progress)} with a scheme for each linear layer.
     *
     * @param wanted null for those that the checkpoint has, fp16 where it is not quantized
     */
    public static Paraformer load(CudaContext context, MemorySystem memory, ModelFolder folder, LayerMask mask, LinearSchemes wanted,
            Progress progress) {
        return load(context, memory, folder, mask, wanted, Extras.NONE, progress);
    }

    /** {@link #load(CudaContext, MemorySystem, ModelFolder, LayerMask, LinearSchemes, Progress)} that gives more than ids. */
    public static Paraformer load(CudaContext context, MemorySystem memory, ModelFolder folder, LayerMask mask, LinearSchemes wanted,
            Extras extras, Progress progress) {
        LinearSchemes schemes = folder.schemes(wanted);
        ModelConfig config = folder.config();
        KeptLayers layers = folder.keptLayers(mask);
        Vocabulary vocabulary = folder.vocabulary();
        List<WeightSpec> specs = ModelTensors.required(config, layers, vocabulary.size(), schemes, extras);
        KernelSet kernels = new KernelSet(context.kernels());
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            List<Constant> constants = constants(folder, extras, embeddings(checkpoint, folder, extras));
            DeviceWeights weights = DeviceWeights.load(context, memory.weights(), memory.staging(), kernels, checkpoint, specs, constants,
                    layers::drops, progress);
            try {
                return new Paraformer(context, memory, kernels, config, layers, vocabulary, schemes, extras, weights);
            } catch (RuntimeException e) {
                weights.close();
                throw e;
            }
        } catch (RuntimeException e) {
            kernels.close();
            throw e;
        }
    }

    /**
     * Bytes that {@link #load} takes at once at the most, weights and what they are staged in, each in whole chunks of
     * {@code memory}.
     *
     * @throws dev.parasol.weights.ModelException when the folder cannot be used
     */
    public static long bytesToLoad(MemorySystem memory, ModelFolder folder, LayerMask mask, LinearSchemes wanted, Extras extras) {
        ModelConfig config = folder.config();
        List<WeightSpec> specs = ModelTensors.required(config, folder.keptLayers(mask), folder.vocabulary().size(), folder.schemes(wanted), extras);
        List<Constant> constants = constants(folder, extras, null);
        return memory.mapped(DeviceWeights.bytes(specs, constants))
                + memory.mapped(DeviceWeights.stagingBytes(specs, constants, folder.synthetic()));
    }

    private static List<Constant> constants(ModelFolder folder, Extras extras, EmbeddingTable embeddings) {
        ModelConfig config = folder.config();
        return Stream.concat(FrontEndTables.constants(config.frontend(), folder.cmvn()).stream(),
                HotwordTables.constants(extras.hotwords(), config.encoder().outputSize(), embeddings).stream()).toList();
    }

    /** Of the tokens, for hotwords; null where there are none. The table is closed with the checkpoint. */
    private static EmbeddingTable embeddings(Checkpoint checkpoint, ModelFolder folder, Extras extras) {
        return extras.hotwords() == null ? null
                : new EmbeddingTable(checkpoint, "decoder.embed.0.weight", folder.vocabulary().size(), folder.config().encoder().outputSize());
    }

    /** The model's shape. */
    public ModelConfig config() {
        return config;
    }

    /** The model's tokens. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The precision of the weights and of what they are multiplied with. */
    public LinearSchemes schemes() {
        return schemes;
    }

    /** Sentences for the user: which layers are run, and what of the checkpoint was left aside. */
    @Override
    public List<String> notices() {
        Stream<String> hotwords = extras.hotwords() == null ? Stream.of() : extras.hotwords().warnings().stream();
        return Stream.of(layers.notice().stream(), weights.notices().stream(), hotwords).flatMap(notices -> notices).toList();
    }

    /** The layout of waveforms at 16 kHz, each of at least one sample. */
    public BatchLayout layout(List<float[]> waveforms) {
        return BatchLayout.ofWaveforms(config.frontend(), waveforms.stream().mapToLong(wave -> wave.length).toArray());
    }

    /**
     * The plan of a batch's bucket, as {@link #run} will execute it without a recorder that wants log-probabilities. A later
     * call may give one that takes less, never one that takes more.
     */
    public ForwardPlan plan(BatchShape shape) {
        return plan(shape, false);
    }

    private ForwardPlan plan(BatchShape shape, boolean logProbs) {
        return plans.get(new PlanCache.Key(ForwardPlan.bucket(config, shape), logProbs));
    }

    /**
     * Makes the slab large enough for a batch.
     *
     * @throws dev.parasol.memory.DeviceMemoryExhausted when that is not possible; nothing has changed then
     */
    public void reserve(BatchShape shape) {
        slab.ensure(plan(shape).peakBytes());
    }

    /** Bytes of the slabs that are mapped now. */
    @Override
    public long reserved() {
        return slab.mapped() + (secondSlab == null ? 0 : secondSlab.mapped());
    }

    /** The most bytes of a slab that a batch ever used. */
    public long peak() {
        return Math.max(slab.peak(), secondSlab == null ? 0 : secondSlab.peak());
    }

    /** Waits until the device has done everything that was enqueued. */
    @Override
    public void drain() {
        passes().forEach(one -> one.stream().synchronize());
    }

    /** Gives the slabs' memory back; the next batch takes what it needs. */
    @Override
    public void trim() {
        slab.trim(0);
        if (secondSlab != null) {
            secondSlab.trim(0);
        }
    }

    /** Forgets all plans and graphs, which hold memory of the host and the driver; what is needed again is made again. The slab stays as it is. */
    @Override
    public void evict() {
        passes().forEach(one -> one.graphs().clear());
        plans.clear();
    }

    /**
     * Whether batches of a bucket that comes back run as graphs, which they do by default, or launch by launch. The results are
     * the same to the bit.
     */
    public void useGraphs(boolean use) {
        graphs = use;
        passes().forEach(one -> one.graphs().use(use));
    }

    /** Nanoseconds that the host took to enqueue the last batch, upload and launches, until it began to wait for the device. */
    public long hostNanos() {
        return pass.hostNanos();
    }

    PlanCache plans() {
        return plans;
    }

    /**
     * From waveforms to token ids, nothing dropped.
     *
     * @param waveforms mono, 16 kHz, full scale -1 … 1, each of at least one sample
     * @param recorder keeps the stages, or null
     * @throws dev.parasol.memory.DeviceMemoryExhausted when the plan's peak does not fit
     */
    public List<int[]> run(List<float[]> waveforms, StageRecorder recorder) {
        return Recognised.ids(run(layout(waveforms), waveforms, recorder));
    }

    /** Like {@link #run}, from features: {@code [frames, featureSize]} of each utterance, row major, at least one frame. */
    public List<int[]> runFeatures(List<float[]> features, StageRecorder recorder) {
        int size = config.frontend().featureSize();
        int[] frames = features.stream().mapToInt(f -> {
            if (f.length % size != 0) {
                throw new IllegalArgumentException(f.length + " features are not a whole number of frames of " + size);
            }
            return f.length / size;
        }).toArray();
        return Recognised.ids(run(BatchLayout.ofFeatures(frames), features, recorder));
    }

    /**
     * Runs batches in their order with two in flight: while one is computed, the next one is prepared on the host, uploaded and
     * enqueued, on a stream and in a slab of its own. Where there is no memory for a second slab, one is run after the other. The
     * ids are those of {@link #run}.
     *
     * @param batches is asked for the next one when the one before is enqueued
     * @param results is given the ids of each batch as soon as they are known; what it was given holds whatever fails later
     * @throws dev.parasol.memory.DeviceMemoryExhausted when a batch does not fit even alone; nothing is running any more then
     */
    public void runAll(Iterator<List<float[]>> batches, Consumer<List<int[]>> results) {
        recogniseAll(batches, recognised -> results.accept(Recognised.ids(recognised)));
    }

    /** {@link #runAll} that hands over all that was found, the ids and what the model was loaded to give beside them. */
    public void recogniseAll(Iterator<List<float[]>> batches, Consumer<List<Recognised>> results) {
        try {
            InFlight running = null;
            while (batches.hasNext()) {
                List<float[]> batch = batches.next();
                running = running == null ? startAlone(pass, batch) : startBeside(running, batch, results);
            }
            if (running != null) {
                results.accept(running.recognised());
            }
        } catch (RuntimeException e) {
            passes().forEach(one -> one.rest(e));
            throw e;
        }
    }

    /** A batch whose work is enqueued. */
    private record InFlight(ForwardPass pass, ForwardPlan plan, BatchLayout layout) {
        List<Recognised> recognised() {
            return pass.finish(plan, layout);
        }
    }

    private InFlight start(ForwardPass on, List<float[]> waveforms) {
        BatchLayout layout = layout(waveforms);
        ForwardPlan plan = plan(layout.shape());
        on.start(plan, layout, waveforms, null);
        return new InFlight(on, plan, layout);
    }

    /** While nothing is running: what the other slab holds is given up where it is missing. */
    private InFlight startAlone(ForwardPass on, List<float[]> waveforms) {
        try {
            return start(on, waveforms);
        } catch (DeviceMemoryExhausted | CudaException e) {
            Region other = on == pass ? memory.slab(1) : slab;
            if (!outOfMemory(e) || other.mapped() == 0) {
                throw e;
            }
            other.trim(0);
            return start(on, waveforms);
        }
    }

    /** On the other pass; where it has no memory, on the same one after the running batch. The running one's ids are handed over. */
    private InFlight startBeside(InFlight running, List<float[]> waveforms, Consumer<List<Recognised>> results) {
        InFlight next = null;
        try {
            if (second == null) {
                secondSlab = memory.slab(1);
                second = newPass(secondSlab);
                second.graphs().use(graphs);
            }
            next = start(running.pass == pass ? second : pass, waveforms);
        } catch (DeviceMemoryExhausted | CudaException e) {
            if (!outOfMemory(e)) {
                throw e;
            }
        }
        results.accept(running.recognised());
        return next != null ? next : startAlone(running.pass, waveforms);
    }

    private static boolean outOfMemory(RuntimeException e) {
        return e instanceof DeviceMemoryExhausted || e instanceof CudaException failure && failure.outOfMemory();
    }

    private List<ForwardPass> passes() {
        return second == null ? List.of(pass) : List.of(pass, second);
    }

    List<Recognised> run(BatchLayout layout, List<float[]> inputs, StageRecorder recorder) {
        boolean logProbs = recorder != null && recorder.wants(StageRecorder.LOG_PROBS);
        return pass.run(plan(layout.shape(), logProbs), layout, inputs, recorder);
    }

    ForwardPass pass() {
        return pass;
    }

    /** Releases everything but the memory system; nothing may be running. */
    @Override
    public void close() {
        Closing.all(plans, second, pass, kernels, weights, this::trim);
    }
}
