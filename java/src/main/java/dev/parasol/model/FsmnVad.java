package dev.parasol.model;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.Stream;
import dev.parasol.kernels.KernelSet;
import dev.parasol.memory.MemorySystem;
import dev.parasol.memory.Region;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.Cmvn;
import dev.parasol.weights.Constant;
import dev.parasol.weights.DeviceWeights;
import dev.parasol.weights.Progress;
import dev.parasol.weights.VadConfig;
import dev.parasol.weights.VadFolder;
import dev.parasol.weights.VadTensors;
import dev.parasol.weights.WeightSpec;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * FunASR's FSMN-VAD on a device: from samples to one posterior of silence every 10 ms. It works block by block in memory that does
 * not depend on the recording's length, and any number of recordings may take turns, each with a {@link VadMemory} of its own.
 * Not thread-safe.
 */
public final class FsmnVad implements DeviceModel {
    /** The most new frames of one block: 10.24 s. */
    public static final int BLOCK_FRAMES = 1024;

    private final VadConfig config;
    private final KernelSet kernels;
    private final DeviceWeights weights;
    private final Region slab;
    private final VadBlock block = new VadBlock();
    private final VadPass pass;
    private final ForwardPlan plan;
    private final boolean scores;
    private final Stream stream;
    private HostBuffer up;
    private HostBuffer down;

    private FsmnVad(CudaContext context, MemorySystem memory, KernelSet kernels, VadConfig config, DeviceWeights weights, boolean scores) {
        this.config = config;
        this.kernels = kernels;
        this.weights = weights;
        this.scores = scores;
        this.pass = new VadPass(config, block, BLOCK_FRAMES, scores);
        this.plan = pass.plan();
        this.slab = memory.slab(0);
        this.stream = context.newStream();
        try {
            this.up = context.allocateHost(upBytes(config));
            this.down = context.allocateHost(plan.results().bytes());
            slab.ensure(plan.peakBytes());
            slab.describe(plan.holders());
        } catch (RuntimeException e) {
            Closing.all(up, down, stream, () -> slab.trim(0));
            throw e;
        }
    }

    /** {@link #load(CudaContext, MemorySystem, VadFolder, boolean, Progress)} without whole scores. */
    public static FsmnVad load(CudaContext context, MemorySystem memory, VadFolder folder, Progress progress) {
        return load(context, memory, folder, false, progress);
    }

    /**
     * Loads a model and reserves all device memory that it will ever use.
     *
     * @param memory pays for weights and activations, and holds nothing else; stays the caller's
     * @param scores whether {@link #scores} will be asked for, which takes more memory
     * @throws dev.parasol.weights.ModelException when the folder cannot be used
     * @throws dev.parasol.memory.DeviceMemoryExhausted when it does not fit; nothing stays allocated then
     */
    public static FsmnVad load(CudaContext context, MemorySystem memory, VadFolder folder, boolean scores, Progress progress) {
        VadConfig config = folder.config();
        KernelSet kernels = new KernelSet(context.kernels());
        try (Checkpoint checkpoint = folder.openCheckpoint()) {
            DeviceWeights weights = DeviceWeights.load(context, memory.weights(), memory.staging(), kernels, checkpoint, VadTensors.required(config),
                    FrontEndTables.constants(config.frontend(), folder.cmvn()), name -> false, progress);
            try {
                return new FsmnVad(context, memory, kernels, config, weights, scores);
            } catch (RuntimeException e) {
                weights.close();
                throw e;
            }
        } catch (RuntimeException e) {
            kernels.close();
            throw e;
        }
    }

    /** The pass over one block, planned without a device. */
    public static ForwardPlan plan(VadConfig config) {
        return new VadPass(config, new VadBlock(), BLOCK_FRAMES, false).plan();
    }

    /** Bytes that the weights take on the device, tables included. */
    public static long weightBytes(VadConfig config) {
        List<WeightSpec> specs = VadTensors.required(config);
        return DeviceWeights.bytes(specs, tables(config));
    }

    /** Bytes of the staging region while the weights are loaded. */
    public static long stagingBytes(VadConfig config) {
        return DeviceWeights.stagingBytes(VadTensors.required(config), tables(config), false);
    }

    /** Pinned host memory for what goes up and comes down. */
    public static long pinnedBytes(VadConfig config) {
        return upBytes(config) + plan(config).results().bytes();
    }

    /** The size of the tables does not depend on what is in them. */
    private static List<Constant> tables(VadConfig config) {
        return FrontEndTables.constants(config.frontend(), Cmvn.identity(config.frontend().featureSize()));
    }

    private static long upBytes(VadConfig config) {
        return (VadPass.samples(BLOCK_FRAMES + VadPass.context(config)) + VadPass.memoryFloats(config)) * Float.BYTES + InputOffsets.bytes(1) + 2L * Integer.BYTES;
    }

    /** The model's shape and settings. */
    public VadConfig config() {
        return config;
    }

    /** Sentences for the user: what of the checkpoint was left aside. */
    @Override
    public List<String> notices() {
        return weights.notices();
    }

    /** The memory of a recording that has not begun. */
    public VadMemory newMemory() {
        return new VadMemory(VadPass.memoryFloats(config));
    }

    /** Rows before a frame that are stacked into it. */
    public int before() {
        return VadPass.context(config) / 2;
    }

    /** Rows behind a frame that are stacked into it. */
    public int behind() {
        return VadPass.context(config) - before();
    }

    /** Earlier frames that a frame's posterior depends on. */
    public int reach() {
        return config.layers() * config.history() + before();
    }

    /** Samples of {@code rows} rows of 25 ms every 10 ms. */
    public static long samples(int rows) {
        return VadPass.samples(rows);
    }

    /**
     * The posteriors of silence of the next frames of a recording.
     *
     * @param memory the recording's, which moves on by these frames
     * @param samples of {@code rows} rows from {@code offset} on: those of the new frames, up to {@link #before} earlier ones and up to
     *     {@link #behind} later ones, fewer at the recording's beginning and end only
     * @param first the row of the first new frame
     * @param frames new frames, 1 to {@link #BLOCK_FRAMES}
     */
    public float[] silence(VadMemory memory, float[] samples, int offset, int rows, int first, int frames) {
        run(memory, samples, offset, rows, first, frames);
        float[] result = new float[frames];
        down.bytes().asFloatBuffer().get(VadPass.memoryFloats(config), result);
        return result;
    }

    /** Like {@link #silence}, the whole softmax: {@code [frames, classes]} row major. */
    public float[] scores(VadMemory memory, float[] samples, int offset, int rows, int first, int frames) {
        if (!scores) {
            throw new IllegalStateException("the model was loaded without scores");
        }
        run(memory, samples, offset, rows, first, frames);
        float[] result = new float[frames * config.classes()];
        down.bytes().asFloatBuffer().get(VadPass.memoryFloats(config) + BLOCK_FRAMES, result);
        return result;
    }

    private void run(VadMemory memory, float[] samples, int offset, int rows, int first, int frames) {
        if (frames < 1 || frames > BLOCK_FRAMES || first < 0 || first > before() || first + frames > rows || rows > frames + VadPass.context(config)) {
            throw new IllegalArgumentException(frames + " frames from row " + first + " of " + rows);
        }
        block.set(rows, first, frames);
        Execution execution = new Execution(plan, stream, kernels, weights, FrontEndTables.in(weights, config.frontend()), slab.address());
        try {
            upload(execution, memory, samples, offset, rows, frames);
            for (int step = 0; step < plan.stepCount(); step++) {
                execution.enter(step);
                plan.steps().get(step).launch().on(execution);
            }
            int results = VadPass.memoryFloats(config) + (scores ? BLOCK_FRAMES + frames * config.classes() : frames);
            stream.copyToHost(down, 0, execution.address(plan.results()), (long) results * Float.BYTES);
            stream.synchronize();
        } catch (RuntimeException e) {
            rest(e);
            throw e;
        }
        down.bytes().asFloatBuffer().get(0, memory.values());
    }

    private void upload(Execution execution, VadMemory memory, float[] samples, int offset, int rows, int frames) {
        ByteBuffer bytes = up.bytes();
        int count = Math.toIntExact(VadPass.samples(rows));
        FloatBuffer floats = bytes.asFloatBuffer();
        floats.put(samples, offset, count).put(memory.values());
        int offsets = floats.position() * Float.BYTES;
        bytes.position(offsets);
        InputOffsets.write(BatchLayout.ofWaveforms(config.frontend(), count), 1, bytes);
        bytes.putInt(0).putInt(config.history() + frames);
        execution.enter(0);
        long memoryBytes = (long) memory.values().length * Float.BYTES;
        stream.copyToDevice(execution.address(plan.input()), up, 0, (long) count * Float.BYTES);
        stream.copyToDevice(execution.address(pass.memories()), up, (long) count * Float.BYTES, memoryBytes);
        stream.copyToDevice(execution.address(plan.offsets()), up, offsets, InputOffsets.bytes(1));
        stream.copyToDevice(execution.address(pass.memoryOffsets()), up, offsets + InputOffsets.bytes(1), 2L * Integer.BYTES);
    }

    private void rest(RuntimeException failure) {
        try {
            stream.synchronize();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Releases everything but the memory system; nothing may be running. */
    @Override
    public void close() {
        Closing.all(up, down, stream, kernels, weights, () -> slab.trim(0));
    }
}
