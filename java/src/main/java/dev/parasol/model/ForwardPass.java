package dev.parasol.model;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.HostBuffer;
import dev.parasol.cuda.Stream;
import dev.parasol.kernels.KernelSet;
import dev.parasol.memory.Region;
import dev.parasol.weights.DeviceWeights;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Executes plans on one stream, in one slab: launch by launch, or as a graph where a bucket comes back. Between the upload and the ids in pinned host memory everything is only
 * enqueued: the host is asked nothing and waits for nothing, and the number of launches depends on the model alone.
 * Not thread-safe.
 */
final class ForwardPass implements AutoCloseable {
    private final CudaContext context;
    private final Region slab;
    private final KernelSet kernels;
    private final DeviceWeights weights;
    private final FrontEndTables tables;
    private final Stream stream;
    private final Uploader uploader;
    private final GraphCache graphs = new GraphCache();
    private HostBuffer offsets;
    private HostBuffer results;
    private ForwardPlan described;
    private long hostNanos;

    ForwardPass(CudaContext context, Region slab, KernelSet kernels, DeviceWeights weights, FrontEndTables tables) {
        this.context = context;
        this.slab = slab;
        this.kernels = kernels;
        this.weights = weights;
        this.tables = tables;
        this.stream = context.newStream();
        try {
            this.uploader = new Uploader(context);
        } catch (RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    /**
     * Runs a plan. After a failure the device is at rest again, unless its context is lost.
     *
     * @param inputs waveforms or features of the layout's utterances
     * @param recorder keeps the stages, or null
     * @return the ids of each utterance's tokens, nothing dropped, and what was planned to come with them
     * @throws dev.parasol.memory.DeviceMemoryExhausted when the slab cannot grow to the plan's peak
     */
    List<Recognised> run(ForwardPlan plan, BatchLayout layout, List<float[]> inputs, StageRecorder recorder) {
        start(plan, layout, inputs, recorder);
        return finish(plan, layout);
    }

    /** The first half of {@link #run}: enqueues everything. {@link #finish} must follow before the next start. */
    void start(ForwardPlan plan, BatchLayout layout, List<float[]> inputs, StageRecorder recorder) {
        long start = System.nanoTime();
        Execution execution = prepare(plan);
        try {
            upload(plan, layout, inputs, execution);
            if (recorder != null) {
                launchRecorded(plan, layout, execution, recorder);
            } else if (!graphs.launch(plan, stream, slab, () -> launch(plan, execution))) {
                launch(plan, execution);
            }
            download(plan, execution);
            hostNanos = System.nanoTime() - start;
        } catch (RuntimeException e) {
            rest(e);
            throw e;
        }
    }

    /** The second half of {@link #run}: waits for the ids. */
    List<Recognised> finish(ForwardPlan plan, BatchLayout layout) {
        try {
            stream.synchronize();
        } catch (RuntimeException e) {
            rest(e);
            throw e;
        }
        return recognised(plan, layout);
    }

    /** Makes room for a pass. */
    Execution prepare(ForwardPlan plan) {
        slab.ensure(plan.peakBytes());
        if (plan != described) {
            slab.describe(plan.holders());
            described = plan;
        }
        offsets = ensure(offsets, InputOffsets.bytes(plan.shape().batch()));
        results = ensure(results, plan.downloadBytes());
        return new Execution(plan, stream, kernels, weights, tables, slab.address());
    }

    /** Enqueues the upload, and waits for its beginning where it is longer than the pinned memory. */
    void upload(ForwardPlan plan, BatchLayout layout, List<float[]> inputs, Execution execution) {
        execution.enter(0);
        InputOffsets.write(layout, plan.shape().batch(), offsets.bytes());
        stream.copyToDevice(execution.address(plan.offsets()), offsets, 0, plan.offsets().bytes());
        uploader.upload(stream, execution.address(plan.input()), inputs);
    }

    /** Enqueues everything from the front end to the ids on the device, kernels and fills alone. */
    void launch(ForwardPlan plan, Execution execution) {
        for (int i = 0; i < plan.stepCount(); i++) {
            execution.enter(i);
            plan.steps().get(i).launch().on(execution);
        }
    }

    /** {@link #launch}, keeping the stages that are wanted. */
    void launchRecorded(ForwardPlan plan, BatchLayout layout, Execution execution, StageRecorder recorder) {
        try (StageCopy stages = new StageCopy(context, plan, layout, recorder)) {
            for (int i = 0; i < plan.stepCount(); i++) {
                PlannedStep step = plan.steps().get(i);
                execution.enter(i);
                step.launch().on(execution);
                stages.after(step, plan, execution);
            }
        }
    }

    /** Enqueues the copy of the results to pinned memory. */
    void download(ForwardPlan plan, Execution execution) {
        execution.enter(plan.stepCount() - 1);
        long at = 0;
        for (PlannedBuffer buffer : plan.downloads()) {
            stream.copyToHost(results, at, execution.address(buffer), buffer.bytes());
            at += buffer.bytes();
        }
    }

    /** What the last pass left in pinned memory; the stream must have passed it. */
    List<Recognised> recognised(ForwardPlan plan, BatchLayout layout) {
        IntBuffer values = results.bytes().asIntBuffer();
        int[] tokenOffsets = layout.frameOffsets().clone();
        if (plan.resultRows() == Rows.TOKENS) {
            values.get(plan.shape().frames(), tokenOffsets);
        }
        int[] all = new int[tokenOffsets[layout.batch()]];
        values.get(0, all);
        List<Recognised> recognised = new ArrayList<>();
        for (int b = 0; b < layout.batch(); b++) {
            recognised.add(new Recognised(Arrays.copyOfRange(all, tokenOffsets[b], tokenOffsets[b + 1]), trace(plan, layout, b)));
        }
        return recognised;
    }

    /** Null where none was planned. */
    private CifTrace trace(ForwardPlan plan, BatchLayout layout, int utterance) {
        int perFrame = plan.weightsPerFrame();
        int first = layout.frameOffsets()[utterance];
        int frames = layout.frameOffsets()[utterance + 1] - first;
        return switch (perFrame) {
            case 0 -> null;
            case 1 -> new CifTrace(floats(plan, 1, first + utterance, frames + 1), floats(plan, 2, first + utterance, frames + 1), 1);
            default -> new CifTrace(floats(plan, 1, perFrame * first, perFrame * frames), null, perFrame);
        };
    }

    private float[] floats(ForwardPlan plan, int download, int first, int count) {
        long at = plan.downloads().subList(0, download).stream().mapToLong(PlannedBuffer::bytes).sum();
        float[] values = new float[count];
        results.bytes().asFloatBuffer().get(Math.toIntExact(at / Float.BYTES) + first, values);
        return values;
    }

    /** The first {@code count} numbers that the last pass left in pinned memory; the stream must have passed it. */
    float[] numbers(int count) {
        float[] values = new float[count];
        results.bytes().asFloatBuffer().get(values);
        return values;
    }

    private HostBuffer ensure(HostBuffer buffer, long bytes) {
        if (buffer != null && buffer.size() >= bytes) {
            return buffer;
        }
        HostBuffer larger = context.allocateHost(bytes);
        if (buffer != null) {
            buffer.close();
        }
        return larger;
    }

    /** Waits for what was enqueued before {@code failure}, so that the slab may be given back. */
    void rest(RuntimeException failure) {
        try {
            stream.synchronize();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** What the host took to enqueue the last pass, until it began to wait. */
    long hostNanos() {
        return hostNanos;
    }

    GraphCache graphs() {
        return graphs;
    }

    Stream stream() {
        return stream;
    }

    @Override
    public void close() {
        Closing.all(graphs, uploader, offsets, results, stream);
    }
}
