package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Fbank;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;
import dev.parasol.weights.VadConfig;
import dev.parasol.weights.VadTensors;
import java.util.List;

/**
 * FSMN-VAD's forward pass over one block of a recording: waveform and what the layers remember go up, the posteriors of silence
 * and what the layers remember now come down. A frame's posterior does not depend, to the bit, on how the recording was divided:
 * a layer's input follows its earlier frames in one buffer, zeros at the beginning of the recording. All in fp32.
 */
final class VadPass {
    private final VadConfig config;
    private final VadBlock block;
    private final PlanBuilder plan;
    private final int frames;
    private final boolean scores;
    private PlannedBuffer wave;
    private PlannedBuffer memories;
    private PlannedBuffer memoryOffsets;

    /**
     * @param frames the most new frames
     * @param scores whether the whole softmax comes down, too
     */
    VadPass(VadConfig config, VadBlock block, int frames, boolean scores) {
        this.config = config;
        this.block = block;
        this.frames = frames;
        this.scores = scores;
        int rows = frames + context(config);
        BatchShape shape = new BatchShape(1, samples(rows), rows, rows);
        this.plan = new PlanBuilder(shape, Precision.FP32.schemes(), DataType.F32, memoryFloats(config) + frames * (scores ? 1 + config.classes() : 1));
    }

    /** Rows around a frame that are stacked into it. */
    static int context(VadConfig config) {
        return config.frontend().lfrM() - 1;
    }

    /** Samples of {@code rows} filter bank rows. */
    static long samples(int rows) {
        return (long) Fbank.FRAME_SHIFT * (rows - 1) + Fbank.FRAME_LENGTH;
    }

    /** What the layers remember. */
    static int memoryFloats(VadConfig config) {
        return config.layers() * config.history() * config.projection();
    }

    /** Plans the pass. Results: the memories, the posteriors, and behind room for all of those the scores where they are wanted. */
    ForwardPlan plan() {
        wave = plan.input("wave", DataType.F32, 1, Math.toIntExact(plan.shape().samples()));
        memories = plan.input("memories", DataType.F32, config.layers() * config.history(), config.projection());
        memoryOffsets = plan.input("memory offsets", DataType.I32, 1, 2);
        PlannedBuffer features = features();
        plan.part(Part.ENCODER);
        PlannedBuffer affine = factor("in_linear1", config.inputAffine());
        step("encoder.in_linear1", List.of(features, affine), e ->
                product(e, "encoder.in_linear1.linear", new Matrix(e.matrix(features).address() + (long) block.first() * features.stride() * Float.BYTES,
                        DataType.F32, block.frames(), features.cols(), features.stride()), false, e.matrix(affine)));
        PlannedBuffer x = factor("in_linear2", config.width());
        affine("encoder.in_linear2", affine, true, x);
        for (int layer = 0; layer < config.layers(); layer++) {
            layer(layer, x);
        }
        plan.part(Part.OUTPUT);
        PlannedBuffer out = factor("out_linear1", config.outputAffine());
        affine("encoder.out_linear1", x, false, out);
        PlannedBuffer logits = plan.buffer("logits", DataType.F32, frames, config.classes());
        affine("encoder.out_linear2", out, false, logits);
        step("softmax", List.of(logits, plan.results()), e -> {
            long posterior = e.address(plan.results()) + (long) memoryFloats(config) * Float.BYTES;
            e.kernels().silencePosterior().launch(e.stream(), top(e, logits), config.silence(), posterior,
                    scores ? posterior + (long) frames * Float.BYTES : 0);
        });
        return new ForwardPlan(plan, wave);
    }

    /** What the layers remember, going up. */
    PlannedBuffer memories() {
        return memories;
    }

    /** Where the only sequence of earlier and new frames begins and ends, going up. */
    PlannedBuffer memoryOffsets() {
        return memoryOffsets;
    }

    private PlannedBuffer features() {
        int rows = plan.shape().fbankRows();
        PlannedBuffer fbank = plan.buffer("fbank", DataType.F32, rows, config.frontend().mels());
        step("fbank", List.of(wave, plan.offsets(), fbank), e ->
                e.kernels().fbank().launch(e.stream(), e.address(wave), e.address(plan.offsets()) + InputOffsets.samples(),
                        new Ragged(e.address(plan.offsets()) + InputOffsets.fbank(1), 1, block.rows()), e.tables().fbank(), e.matrix(fbank)));
        PlannedBuffer features = plan.factor("features", rows, config.frontend().featureSize());
        step("lfr_cmvn", List.of(fbank, plan.offsets(), features), e ->
                e.kernels().lfrCmvn().launch(e.stream(), e.matrix(fbank), e.address(plan.offsets()) + InputOffsets.fbank(1),
                        new Ragged(e.address(plan.offsets()) + InputOffsets.frames(1), 1, block.rows()), e.tables().shift(), e.tables().scale(),
                        config.frontend().lfrM(), config.frontend().lfrN(), e.matrix(features)));
        return features;
    }

    /** {@code x = relu(affine(memory(linear(x))))}. */
    private void layer(int layer, PlannedBuffer x) {
        int history = config.history();
        String prefix = VadTensors.layer(layer);
        PlannedBuffer input = plan.buffer(prefix + "memory.in", DataType.F32, history + frames, config.projection());
        PlannedBuffer output = plan.buffer(prefix + "memory.out", DataType.F32, history + frames, config.projection());
        long remembered = (long) history * config.projection() * Float.BYTES;
        step(prefix + "earlier", List.of(memories, input), e -> e.stream().copyOnDevice(e.address(input), e.address(memories) + layer * remembered, remembered));
        step(prefix + "linear", List.of(x, input), e -> product(e, prefix + "linear.linear", top(e, x), false, from(e, input, history)));
        step(prefix + "remembered", List.of(input, plan.results()), e ->
                e.stream().copyOnDevice(e.address(plan.results()) + layer * remembered, from(e, input, block.frames()).address(), remembered));
        step(prefix + "fsmn_block", List.of(input, memoryOffsets, output), e ->
                e.kernels().fsmn().launch(e.stream(), e.matrix(input), e.weights().vector(VadTensors.memory(layer)), config.taps(), history, null,
                        new Ragged(e.address(memoryOffsets), 1, history + block.frames()), e.matrix(output)));
        step(prefix + "affine", List.of(output, x), e -> product(e, prefix + "affine.linear", from(e, output, history), true, e.matrix(x)));
    }

    /** A buffer that products read, its padding zeroed. */
    private PlannedBuffer factor(String name, int cols) {
        PlannedBuffer buffer = plan.factor(name, frames, cols);
        new Operations(plan).clearPadding(buffer);
        return buffer;
    }

    private void affine(String name, PlannedBuffer input, boolean relu, PlannedBuffer output) {
        step(name, List.of(input, output), e -> product(e, name + ".linear", top(e, input), relu, e.matrix(output)));
    }

    private void product(Execution e, String weights, Matrix input, boolean relu, Matrix output) {
        long bias = e.weights().contains(weights + ".bias") ? e.weights().vector(weights + ".bias") : 0;
        e.kernels().gemm().launch(e.stream(), input, e.weights().matrix(weights + ".weight"), bias, null, relu, output, 0);
    }

    /** The rows of the new frames, which are a buffer's first. */
    private Matrix top(Execution e, PlannedBuffer buffer) {
        return new Matrix(e.address(buffer), buffer.type(), block.frames(), buffer.cols(), buffer.stride());
    }

    /** As many rows as there are new frames, from row {@code first} on. */
    private Matrix from(Execution e, PlannedBuffer buffer, int first) {
        long address = e.address(buffer) + (long) first * buffer.stride() * buffer.type().bytes();
        return new Matrix(address, buffer.type(), block.frames(), buffer.cols(), buffer.stride());
    }

    private void step(String name, List<PlannedBuffer> touched, PlannedStep.Launch launch) {
        plan.step(name, touched, launch);
    }
}
