package dev.parasol.model;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.kernels.Fbank;
import dev.parasol.kernels.FbankTables;
import dev.parasol.kernels.KernelSet;
import dev.parasol.memory.MemorySystem;
import dev.parasol.weights.Constant;
import dev.parasol.weights.DeviceWeights;
import dev.parasol.weights.FrontendConfig;
import dev.parasol.weights.Progress;
import dev.parasol.weights.SpeakerCheckpoint;
import dev.parasol.weights.SpeakerConfig;
import dev.parasol.weights.SpeakerFolder;
import dev.parasol.weights.SpeakerTensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A CAM++ on a device: from waveforms to an embedding of each, which tells speakers apart by its direction. Not thread-safe. */
public final class SpeakerNetwork extends SlabModel {
    /** The fewest samples of a waveform, 45 ms: fewer do not have the two rows that a deviation needs. */
    public static final int LEAST_SAMPLES = Fbank.FRAME_LENGTH + 2 * Fbank.FRAME_SHIFT;

    private final SpeakerConfig config;
    private final CudaContext context;
    private final KernelSet kernels;
    private final DeviceWeights weights;
    private final List<String> notices;
    private HostBuffer offsets;

    private SpeakerNetwork(CudaContext context, MemorySystem memory, KernelSet kernels, SpeakerConfig config, DeviceWeights weights, List<String> notices) {
        super(memory.slab(0), new ForwardPass(context, memory.slab(0), kernels, weights, FrontEndTables.in(weights, tables(config))),
                new PlanCache(key -> new SpeakerPass(config, key.bucket()).plan()));
        this.config = config;
        this.context = context;
        this.kernels = kernels;
        this.weights = weights;
        this.notices = notices;
    }

    /**
     * Loads a model.
     *
     * @param memory pays for weights and activations; stays the caller's
     * @throws dev.parasol.weights.ModelException when the folder cannot be used
     * @throws dev.parasol.memory.DeviceMemoryExhausted when the weights do not fit; nothing stays allocated then
     */
    public static SpeakerNetwork load(CudaContext context, MemorySystem memory, SpeakerFolder folder, Progress progress) {
        SpeakerConfig config = folder.config();
        KernelSet kernels = new KernelSet(context.kernels());
        try (SpeakerCheckpoint checkpoint = folder.openCheckpoint()) {
            DeviceWeights weights = DeviceWeights.load(context, memory.weights(), memory.staging(), kernels, checkpoint, SpeakerTensors.required(config),
                    constants(config), name -> false, progress);
            try {
                return new SpeakerNetwork(context, memory, kernels, config, weights, checkpoint.notices());
            } catch (RuntimeException e) {
                weights.close();
                throw e;
            }
        } catch (RuntimeException e) {
            kernels.close();
            throw e;
        }
    }

    private static FbankTables tables(SpeakerConfig config) {
        return FbankTables.povey(config.mels(), FrontendConfig.SAMPLE_RATE);
    }

    private static List<Constant> constants(SpeakerConfig config) {
        return FrontEndTables.constants(tables(config));
    }

    /** Bytes that the weights take on the device, tables included. */
    public static long weightBytes(SpeakerConfig config) {
        return DeviceWeights.bytes(SpeakerTensors.required(config), constants(config));
    }

    /** Bytes of the staging region while the weights are loaded. */
    public static long stagingBytes(SpeakerConfig config) {
        return DeviceWeights.stagingBytes(SpeakerTensors.required(config), constants(config), false);
    }

    /** The pass over a batch of waveforms of these lengths in samples, each at least {@link #LEAST_SAMPLES}, planned without a device. */
    public static ForwardPlan plan(SpeakerConfig config, long... samples) {
        return new SpeakerPass(config, SpeakerPass.bucket(config, layout(config, samples).shape())).plan();
    }

    /** Pinned host memory for what goes up and comes down in a pass over a batch. */
    public static long pinnedBytes(SpeakerConfig config, long... samples) {
        ForwardPlan plan = plan(config, samples);
        int batch = plan.shape().batch();
        return Uploader.PINNED_BYTES + InputOffsets.bytes(batch) + SpeakerOffsets.bytes(batch) + plan.results().bytes();
    }

    private static BatchLayout layout(SpeakerConfig config, long... samples) {
        for (long count : samples) {
            if (count < LEAST_SAMPLES) {
                throw new IllegalArgumentException(count + " samples, expected " + LEAST_SAMPLES + " or more");
            }
        }
        return BatchLayout.ofWaveforms(SpeakerPass.frontend(config), samples);
    }

    private static long[] lengths(List<float[]> waveforms) {
        return waveforms.stream().mapToLong(wave -> wave.length).toArray();
    }

    /** The model's shape. */
    public SpeakerConfig config() {
        return config;
    }

    /** Sentences for the user: what of the checkpoint was left aside. */
    @Override
    public List<String> notices() {
        return notices;
    }

    /**
     * The embeddings of several waveforms, each for itself.
     *
     * @param waveforms 16 kHz mono, full scale -1 … 1, each of at least {@link #LEAST_SAMPLES}
     * @return {@link SpeakerConfig#embeddingSize} numbers for each; their length means nothing
     * @throws dev.parasol.memory.DeviceMemoryExhausted when the plan's peak does not fit
     */
    public List<float[]> embed(List<float[]> waveforms) {
        return embed(waveforms, null);
    }

    /** {@link #embed(List)} with a recorder that keeps the stages it wants, or null. */
    List<float[]> embed(List<float[]> waveforms, StageRecorder recorder) {
        BatchLayout layout = layout(config, lengths(waveforms));
        ForwardPlan plan = plan(layout);
        Execution execution = pass.prepare(plan);
        try {
            pass.upload(plan, layout, waveforms, execution);
            uploadOffsets(plan, layout, execution);
            if (recorder != null) {
                pass.launchRecorded(plan, layout, execution, recorder);
            } else if (!pass.graphs().launch(plan, pass.stream(), slab, () -> pass.launch(plan, execution))) {
                pass.launch(plan, execution);
            }
            pass.download(plan, execution);
            drain();
        } catch (RuntimeException e) {
            pass.rest(e);
            throw e;
        }
        int size = config.embeddingSize();
        float[] all = pass.numbers(layout.batch() * size);
        List<float[]> embeddings = new ArrayList<>();
        for (int b = 0; b < layout.batch(); b++) {
            embeddings.add(Arrays.copyOfRange(all, b * size, (b + 1) * size));
        }
        return embeddings;
    }

    private void uploadOffsets(ForwardPlan plan, BatchLayout layout, Execution execution) {
        int batch = plan.shape().batch();
        long bytes = SpeakerOffsets.bytes(batch);
        if (offsets == null || offsets.size() < bytes) {
            HostBuffer larger = context.allocateHost(bytes);
            Closing.all(offsets);
            offsets = larger;
        }
        SpeakerOffsets.write(layout, batch, offsets.bytes());
        PlannedBuffer buffer = plan.buffer(SpeakerPass.POOLED_OFFSETS);
        pass.stream().copyToDevice(execution.address(buffer), offsets, 0, bytes);
    }

    /** Bytes that the slab must have for a batch of waveforms of these lengths. */
    public long peakBytes(long... samples) {
        return plan(layout(config, samples)).peakBytes();
    }

    private ForwardPlan plan(BatchLayout layout) {
        return plans.get(new PlanCache.Key(SpeakerPass.bucket(config, layout.shape()), false));
    }

    /** Releases everything but the memory system; nothing may be running. */
    @Override
    public void close() {
        Closing.all(plans, pass, offsets, kernels, weights, this::trim);
    }
}
