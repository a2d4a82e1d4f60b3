package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.CamGate;
import dev.parasol.kernels.Conv;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Ragged;
import dev.parasol.weights.FrontendConfig;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.SpeakerConfig;
import dev.parasol.weights.SpeakerTensors;
import java.util.List;

/**
 * CAM++'s forward pass from packed waveforms to an embedding of each. All in fp32; an embedding does not depend, to the bit, on the other
 * utterances of the batch.
 */
final class SpeakerPass {
    /** The filter bank, centred: {@code [rows, mels]}. */
    static final String FEATURES = "features";

    /** The buffer that {@link SpeakerOffsets} go up to. */
    static final String POOLED_OFFSETS = "pooled offsets";

    private final SpeakerConfig config;
    private final BatchShape shape;
    private final PlanBuilder plan;
    private final Operations operations;
    private final int rows;
    private final int segments;
    private PlannedBuffer pooledOffsets;

    SpeakerPass(SpeakerConfig config, BatchShape shape) {
        this.config = config;
        this.shape = shape;
        this.rows = SpeakerOffsets.mostRows(shape);
        this.segments = SpeakerOffsets.mostSegments(shape);
        this.plan = new PlanBuilder(shape, LinearSchemes.unquantized(DataType.F32), DataType.F32, Math.multiplyExact(shape.batch(), config.embeddingSize()));
        this.operations = new Operations(plan);
    }

    /** Features of 10 ms frames that are not stacked. */
    static FrontendConfig frontend(SpeakerConfig config) {
        return new FrontendConfig(config.mels(), 1, 1);
    }

    /** The shape that plans for {@code shape} are made for: at least as large, and one of few. */
    static BatchShape bucket(SpeakerConfig config, BatchShape shape) {
        return ShapeBuckets.of(shape, frontend(config));
    }

    /** Plans the pass. Results: the embeddings, one behind the other. */
    ForwardPlan plan() {
        PlannedBuffer wave = plan.input("wave", DataType.F32, 1, Math.toIntExact(shape.samples()));
        pooledOffsets = plan.input(POOLED_OFFSETS, DataType.I32, 1, Math.toIntExact(SpeakerOffsets.bytes(shape.batch()) / Integer.BYTES));
        PlannedBuffer features = features(wave);
        plan.part(Part.ENCODER);
        PlannedBuffer x = tdnn(new SpeakerHead(plan, config).plan(features));
        for (int block = 0; block < SpeakerConfig.BLOCKS.size(); block++) {
            int channels = config.blockInput(block);
            for (int layer = 0; layer < SpeakerConfig.BLOCKS.get(block).layers(); layer++) {
                layer(SpeakerTensors.layer(block, layer), x, channels, SpeakerConfig.BLOCKS.get(block).dilation());
                channels += config.growthRate();
            }
            x = transit(block, x);
        }
        plan.part(Part.OUTPUT);
        output(x);
        return new ForwardPlan(plan, wave);
    }

    private PlannedBuffer features(PlannedBuffer wave) {
        PlannedBuffer features = plan.buffer(FEATURES, DataType.F32, shape.fbankRows(), config.mels());
        plan.step("fbank", List.of(wave, plan.offsets(), features), e ->
                e.kernels().fbank().launch(e.stream(), e.address(wave), e.address(plan.offsets()) + InputOffsets.samples(),
                        new Ragged(inputs(e), shape.batch(), shape.fbankRows()), e.tables().fbank(), e.matrix(features)));
        plan.step("center", List.of(features, plan.offsets()), e -> e.kernels().center().launch(e.stream(), e.matrix(features), inputs(e), shape.batch()));
        plan.stage(FEATURES, features, Rows.FRAMES);
        return features;
    }

    /** Every second row; the result is the first columns of a block's buffer. */
    private PlannedBuffer tdnn(PlannedBuffer head) {
        PlannedBuffer x = block(0);
        Conv.Shape tdnn = new Conv.Shape(1, head.cols(), config.initChannels(), SpeakerConfig.TDNN_TAPS, 1, SpeakerConfig.TDNN_STRIDE, 1, 1);
        String name = "xvector.tdnn.linear";
        plan.step(name, List.of(head, plan.offsets(), pooledOffsets, x), e ->
                e.kernels().conv().launch(e.stream(), tdnn, new Conv.Slice(e.matrix(head), 0), inputs(e), e.weights().vector(name + ".weight"),
                        e.weights().vector(name + ".bias"), 0, null, true, new Conv.Slice(columns(e, x, 0, config.initChannels()), 0), ragged(e), 0, rows));
        return x;
    }

    /** Room for what comes into a block and for what its layers add. */
    private PlannedBuffer block(int block) {
        return plan.buffer("xvector.block" + (block + 1), DataType.F32, rows, config.blockOutput(block));
    }

    /** Adds {@code growthRate} columns behind the first {@code channels} of {@code x}. */
    private void layer(String prefix, PlannedBuffer x, int channels, int dilation) {
        PlannedBuffer hidden = plan.buffer(prefix + "hidden", DataType.F32, rows, config.bottleneck());
        PlannedBuffer sums = plan.buffer(prefix + "sums", DataType.F32, segments, config.bottleneck());
        PlannedBuffer gate = plan.buffer(prefix + "gate", DataType.F32, segments, config.growthRate());
        linear(prefix + "nonlinear1.batchnorm", prefix + "linear1", x, channels, true, hidden);
        String cam = prefix + "cam_layer.";
        plan.step(cam + "sums", List.of(hidden, pooledOffsets, sums), e ->
                e.kernels().segmentSum().launch(e.stream(), e.matrix(hidden), pooled(e), segments(e), SpeakerConfig.SEGMENT_ROWS, e.matrix(sums)));
        plan.step(cam + "gate", List.of(sums, pooledOffsets, gate), e ->
                e.kernels().camGate().launch(e.stream(), e.matrix(sums), pooled(e), segments(e), SpeakerConfig.SEGMENT_ROWS,
                        new CamGate.Weights(e.weights().vector(cam + "linear1.weight"), e.weights().vector(cam + "linear1.bias"),
                                e.weights().vector(cam + "linear2.weight"), e.weights().vector(cam + "linear2.bias")), config.maskChannels(), e.matrix(gate)));
        Conv.Shape local = new Conv.Shape(1, config.bottleneck(), config.growthRate(), SpeakerConfig.TAPS, 1, 1, 1, dilation);
        plan.step(cam + "linear_local", List.of(hidden, gate, pooledOffsets, x), e ->
                e.kernels().conv().launch(e.stream(), local, new Conv.Slice(e.matrix(hidden), 0), pooled(e), e.weights().vector(cam + "linear_local.weight"), 0, 0,
                        new Conv.Gate(e.address(gate), segments(e).offsets(), SpeakerConfig.SEGMENT_ROWS), false,
                        new Conv.Slice(columns(e, x, channels, config.growthRate()), 0), ragged(e), 0, rows));
    }

    /** Halves the columns, into the first ones of the next block or, behind the last block, into what is pooled. */
    private PlannedBuffer transit(int block, PlannedBuffer x) {
        boolean last = block + 1 == SpeakerConfig.BLOCKS.size();
        PlannedBuffer next = last ? plan.buffer("xvector.out", DataType.F32, rows, config.pooled()) : block(block + 1);
        String prefix = SpeakerTensors.transit(block);
        linear(prefix + "nonlinear.batchnorm", prefix + "linear", x, x.cols(), false, next);
        return next;
    }

    /**
     * {@code output = act(relu(norm(x)) · Wᵀ + bias)}.
     *
     * @param channels columns of {@code x} that go in
     * @param folded whether a batch norm and a ReLU follow, the former folded into the weights
     */
    private void linear(String norm, String name, PlannedBuffer x, int channels, boolean folded, PlannedBuffer output) {
        PlannedBuffer factor = plan.factor(name + ".in", rows, channels);
        plan.step(norm, List.of(x, pooledOffsets, factor), e ->
                e.kernels().scaleRelu().launch(e.stream(), columns(e, x, 0, channels), e.weights().vector(norm + SpeakerTensors.SCALE),
                        e.weights().vector(norm + SpeakerTensors.SHIFT), e.matrix(factor), count(e)));
        plan.step(name, List.of(factor, pooledOffsets, output), e -> {
            Matrix weight = e.weights().matrix(name + ".weight");
            e.kernels().gemm().launch(e.stream(), e.matrix(factor), weight, folded ? e.weights().vector(name + ".bias") : 0, null, folded,
                    columns(e, output, 0, weight.rows()), count(e));
        });
    }

    private void output(PlannedBuffer x) {
        PlannedBuffer stats = plan.factor("stats", shape.batch(), 2 * config.pooled());
        operations.clearPadding(stats);
        String norm = "xvector.out_nonlinear.batchnorm";
        plan.step("xvector.stats", List.of(x, pooledOffsets, stats), e ->
                e.kernels().statsPool().launch(e.stream(), e.matrix(x), e.weights().vector(norm + SpeakerTensors.SCALE),
                        e.weights().vector(norm + SpeakerTensors.SHIFT), pooled(e), e.matrix(stats)));
        String name = "xvector.dense.linear";
        plan.step(name, List.of(stats, plan.results()), e ->
                e.kernels().gemm().launch(e.stream(), e.matrix(stats), e.weights().matrix(name + ".weight"), e.weights().vector(name + ".bias"), null, false,
                        new Matrix(e.address(plan.results()), DataType.F32, shape.batch(), config.embeddingSize(), config.embeddingSize()), 0));
    }

    private static Matrix columns(Execution e, PlannedBuffer buffer, int first, int count) {
        return e.columns(new Operations.Part(buffer, first), count);
    }

    /** Where the utterances' filter bank rows begin. */
    private long inputs(Execution e) {
        return e.address(plan.offsets()) + InputOffsets.fbank(shape.batch());
    }

    /** Where their rows behind the TDNN layer begin. */
    private long pooled(Execution e) {
        return e.address(pooledOffsets) + SpeakerOffsets.rows();
    }

    /** The number of those rows. */
    private long count(Execution e) {
        return pooled(e) + (long) Integer.BYTES * shape.batch();
    }

    private Ragged ragged(Execution e) {
        return new Ragged(pooled(e), shape.batch(), rows);
    }

    private Ragged segments(Execution e) {
        return new Ragged(e.address(pooledOffsets) + SpeakerOffsets.segments(shape.batch()), shape.batch(), segments);
    }
}
