package dev.parasol.model;

import dev.parasol.memory.ActivationPlanner;
import dev.parasol.memory.Alignment;
import dev.parasol.memory.MemoryReport;
import dev.parasol.memory.Placement;
import dev.parasol.weights.Extras;
import dev.parasol.weights.KeptLayers;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelConfig;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The forward pass of one ragged batch, planned: its steps, the buffers they touch, and a place in one slab for each
 * buffer such that no two that live at the same time overlap. Depends on the totals of the batch, the precision and the
 * model's shape alone, and touches no device, so that memory is known before anything is loaded. The number of tokens is
 * known on the device only; their buffers are reserved for one token a frame, which CIF cannot exceed. A plan serves every
 * batch that has no more of anything than its shape.
 *
 * <p>Immutable and thread-safe.
 */
public final class ForwardPlan {
    private static final Pattern LAYER = Pattern.compile("(?:encoder\\.encoders0?|decoder\\.decoders3?)\\.\\d+(?=\\.)");

    private final BatchShape shape;
    private final List<PlannedBuffer> buffers;
    private final List<PlannedStep> steps;
    private final PlannedBuffer offsets;
    private final List<PlannedBuffer> downloads;
    private final PlannedBuffer input;
    private final Rows resultRows;
    private final int weightsPerFrame;
    private final Placement placement;

    ForwardPlan(PlanBuilder plan, PlannedBuffer input) {
        this.shape = plan.shape();
        this.buffers = List.copyOf(plan.buffers());
        this.steps = List.copyOf(plan.steps());
        this.offsets = plan.offsets();
        this.downloads = List.copyOf(plan.downloads());
        this.input = input;
        this.resultRows = plan.resultRows();
        this.weightsPerFrame = plan.weightsPerFrame();
        this.placement = ActivationPlanner.place(lifetimes());
    }

    private ForwardPlan(ForwardPlan other, Placement placement) {
        this.shape = other.shape;
        this.buffers = other.buffers;
        this.steps = other.steps;
        this.offsets = other.offsets;
        this.downloads = other.downloads;
        this.input = other.input;
        this.resultRows = other.resultRows;
        this.weightsPerFrame = other.weightsPerFrame;
        this.placement = placement;
    }

    /** The same pass with its buffers at other places. */
    ForwardPlan placed(Placement other) {
        return new ForwardPlan(this, other);
    }

    Placement placement() {
        return placement;
    }

    /** The buffers as the planner wants them, in their order. */
    List<ActivationPlanner.Lifetime> lifetimes() {
        return buffers.stream().map(b -> new ActivationPlanner.Lifetime(b.name(), b.firstStep(), b.lastStep(), b.bytes())).toList();
    }

    /** {@link #of(ModelConfig, KeptLayers, int, Precision, BatchShape, boolean)} with every layer. */
    public static ForwardPlan of(ModelConfig config, int vocabularySize, Precision precision, BatchShape shape, boolean logProbs) {
        return of(config, KeptLayers.all(config), vocabularySize, precision, shape, logProbs);
    }

    /**
     * Plans a pass.
     *
     * @param shape what there is to be room for; see {@link #bucket}
     * @param layers the layers that are run
     * @param vocabularySize rows of the output layer
     * @param logProbs whether log-probabilities are computed beside the ids, which takes a row of the vocabulary's size for each token
     */
    public static ForwardPlan of(ModelConfig config, KeptLayers layers, int vocabularySize, Precision precision, BatchShape shape,
            boolean logProbs) {
        return of(config, layers, vocabularySize, precision.schemes(), shape, logProbs);
    }

    /** {@link #of(ModelConfig, KeptLayers, int, Precision, BatchShape, boolean)} with a scheme for each linear layer. */
    public static ForwardPlan of(ModelConfig config, KeptLayers layers, int vocabularySize, LinearSchemes schemes, BatchShape shape,
            boolean logProbs) {
        return of(config, layers, vocabularySize, schemes, Extras.NONE, shape, logProbs);
    }

    /** {@link #of(ModelConfig, KeptLayers, int, LinearSchemes, BatchShape, boolean)} with more than ids. */
    public static ForwardPlan of(ModelConfig config, KeptLayers layers, int vocabularySize, LinearSchemes schemes, Extras extras, BatchShape shape,
            boolean logProbs) {
        PlanBuilder plan = new PlanBuilder(shape, schemes);
        return new ForwardPlan(plan, ParaformerPass.plan(plan, config, layers, vocabularySize, extras, logProbs));
    }

    /** The shape that plans for batches of {@code shape} are made for: at least as large in everything, and one of few. */
    public static BatchShape bucket(ModelConfig config, BatchShape shape) {
        return ShapeBuckets.of(shape, config.frontend());
    }

    /** The totals that there is room for. */
    public BatchShape shape() {
        return shape;
    }

    /** The bytes that the slab must have: no more and no less than the pass touches. */
    public long peakBytes() {
        return placement.peakBytes();
    }

    /** What no placement could do without: the most bytes that are alive in any one step. */
    public long lowerBound() {
        return placement.lowerBound();
    }

    /** Bytes that are alive in each step, every buffer rounded up to the alignment; {@link #lowerBound()} is the largest. */
    public long[] liveBytes() {
        long[] live = new long[steps.size()];
        for (PlannedBuffer buffer : buffers) {
            for (int step = buffer.firstStep(); step <= buffer.lastStep(); step++) {
                live[step] += Alignment.up(buffer.bytes(), Alignment.BYTES);
            }
        }
        return live;
    }

    /** The step in which the most bytes are alive; the first of them. */
    public int peakStep() {
        long[] live = liveBytes();
        int peak = 0;
        for (int step = 1; step < live.length; step++) {
            peak = live[step] > live[peak] ? step : peak;
        }
        return peak;
    }

    /** What lies in the slab in the step of the peak, largest first. */
    public List<MemoryReport.Holder> holders() {
        int peak = peakStep();
        return buffers.stream()
                .filter(buffer -> buffer.aliveAt(peak))
                .map(buffer -> new MemoryReport.Holder(buffer.name(), buffer.bytes()))
                .sorted(Comparator.comparingLong(MemoryReport.Holder::bytes).reversed())
                .toList();
    }

    /** All buffers of the pass. */
    public List<PlannedBuffer> buffers() {
        return buffers;
    }

    /** The buffer of that name. */
    PlannedBuffer buffer(String name) {
        return buffers.stream().filter(buffer -> buffer.name().equals(name)).findFirst().orElseThrow();
    }

    /** Where in the slab a buffer lies, in bytes. */
    public long offset(PlannedBuffer buffer) {
        return placement.offset(buffer.index());
    }

    /** Number of steps. */
    public int stepCount() {
        return steps.size();
    }

    /** A step's name, after the weights it uses. */
    public String stepName(int step) {
        return steps.get(step).name();
    }

    /** The part of the pass that a step belongs to. */
    public Part part(int step) {
        return steps.get(step).part();
    }

    /** The layer that a step belongs to, by FunASR's name ({@code encoder.encoders.3}); outside of layers, the part's title. */
    public String layer(int step) {
        Matcher layer = LAYER.matcher(stepName(step));
        return layer.lookingAt() ? layer.group() : part(step).title();
    }

    List<PlannedStep> steps() {
        return steps;
    }

    PlannedBuffer offsets() {
        return offsets;
    }

    /** Ids, then the tokens' offsets: see {@link PlanBuilder#results}. */
    PlannedBuffer results() {
        return downloads.get(0);
    }

    /** What comes down after the last step: the results, and what was asked for beside them. */
    List<PlannedBuffer> downloads() {
        return downloads;
    }

    /** Bytes of all that comes down. */
    long downloadBytes() {
        return downloads.stream().mapToLong(PlannedBuffer::bytes).sum();
    }

    /** What has an id each. */
    Rows resultRows() {
        return resultRows;
    }

    /** Weights for each frame that come down behind the results: 0 for none, 1 for CIF's own, which have a tail behind each utterance and their integrals behind them. */
    int weightsPerFrame() {
        return weightsPerFrame;
    }

    /** Waveforms or features, to be uploaded before the first step. */
    PlannedBuffer input() {
        return input;
    }
}
