package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.FsmnNorm;
import dev.parasol.kernels.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The operations that layers are made of, each added to a plan as one step. Weights are named as in the checkpoint. */
final class Operations {
    /** FunASR's layer norm in Paraformer. */
    static final float EPSILON = 1e-12f;

    private final PlanBuilder plan;

    Operations(PlanBuilder plan) {
        this.plan = plan;
    }

    PlanBuilder plan() {
        return plan;
    }

    /** Linear layers in their schemes. */
    LinearOperations linears() {
        return new LinearOperations(this);
    }

    /** Layer norm over the columns of {@code input}, in each type at most once; an output may be the input itself. */
    void norm(String weights, PlannedBuffer input, Rows rows, PlannedBuffer... outputs) {
        PlannedBuffer f16 = ofType(DataType.F16, outputs);
        PlannedBuffer f32 = ofType(DataType.F32, outputs);
        step(weights, rows, touched(Stream.concat(Stream.of(input), Stream.of(outputs))), e ->
                e.kernels().layerNorm().launch(e.stream(), e.matrix(input), e.weights().vector(weights + ".weight"),
                        e.weights().vector(weights + ".bias"), e.matrixOrNull(f16), e.matrixOrNull(f32), e.count(rows), EPSILON));
    }

    static PlannedBuffer ofType(DataType type, PlannedBuffer... buffers) {
        return Stream.of(buffers).filter(b -> b.type() == type).findFirst().orElse(null);
    }

    /** What a matrix product does after the product; {@code residual} may be the output itself. */
    record Epilogue(boolean bias, boolean relu, PlannedBuffer residual) {
        static final Epilogue BIAS = new Epilogue(true, false, null);
        static final Epilogue BIAS_RELU = new Epilogue(true, true, null);
        static final Epilogue NONE = new Epilogue(false, false, null);

        static Epilogue biasAndAdd(PlannedBuffer residual) {
            return new Epilogue(true, false, residual);
        }

        PlannedBuffer residualOrOutput(PlannedBuffer output) {
            return residual == null ? output : residual;
        }
    }

    /** {@code output = act(input · Wᵀ + bias) + residual}. What goes in is the stage {@code weights.in}. */
    void linear(String weights, PlannedBuffer input, Epilogue epilogue, PlannedBuffer output, Rows rows) {
        step(weights, rows, touched(Stream.of(input, epilogue.residual(), output)), e -> {
            long bias = epilogue.bias() ? e.weights().vector(weights + ".bias") : 0;
            Matrix residual = e.matrixOrNull(epilogue.residual());
            if (e.weights().tiled(weights + ".weight")) {
                e.kernels().gemmSm90().launch(e.stream(), e.matrix(input), e.weights().tiledMatrix(weights + ".weight"), bias, residual,
                        epilogue.relu(), e.matrix(output), e.count(rows));
                return;
            }
            e.kernels().gemm().launch(e.stream(), e.matrix(input), e.weights().matrix(weights + ".weight"), bias, residual,
                    epilogue.relu(), e.matrix(output), e.count(rows));
        });
        plan.stage(weights + StageRecorder.INPUT, input, rows);
    }

    /**
     * FSMN memory.
     *
     * @param kernelSize taps, {@code left} of them before the row itself
     * @param input columns {@code input.first() …}, as many as the output has
     * @param residual null, or fp32; may be the output itself
     */
    void memory(String weight, int kernelSize, int left, Part input, PlannedBuffer residual, PlannedBuffer output, Rows rows) {
        step(weight, rows, touched(Stream.of(input.buffer(), residual, output)), e ->
                e.kernels().fsmn().launch(e.stream(), e.columns(input, output.cols()), e.weights().vector(weight), kernelSize, left,
                        e.matrixOrNull(residual), e.ragged(rows), e.matrix(output)));
    }

    /**
     * FSMN memory added to the residual stream {@code x}, and the layer norm of the sum: in one launch where a row fits into a block, else in two.
     *
     * @param weight the memory's weight, of {@code kernelSize} taps, {@code left} of them before the row itself
     * @param norm   the norm's name
     * @param output the normalised rows, as a factor
     */
    void memoryAndNorm(String weight, int kernelSize, int left, Part input, PlannedBuffer x, Rows rows, String norm, PlannedBuffer output) {
        if (x.cols() > FsmnNorm.MAX_CHANNELS) {
            memory(weight, kernelSize, left, input, x, x, rows);
            norm(norm, x, rows, output);
            return;
        }
        step(norm, rows, touched(Stream.of(input.buffer(), x, output)), e ->
                e.kernels().fsmnNorm().launch(e.stream(), e.columns(input, x.cols()), e.weights().vector(weight), kernelSize, left, e.ragged(rows), e.matrix(x),
                        e.weights().vector(norm + ".weight"), e.weights().vector(norm + ".bias"), EPSILON, e.matrix(output)));
    }

    /** Columns of a buffer from {@code first} on: queries, keys or values. */
    record Part(PlannedBuffer buffer, int first) {}

    /** Multi-head attention; each utterance sees itself only. Keys and values have the frames' rows. */
    void attention(String name, int heads, Part q, Rows queries, Part k, Part v, PlannedBuffer output) {
        int width = output.cols();
        List<PlannedBuffer> touched = new ArrayList<>(touched(Stream.of(q.buffer(), k.buffer(), v.buffer(), output)));
        touched.add(plan.offsets());
        step(name, queries, touched, e ->
                e.kernels().attention().launch(e.stream(), heads, e.columns(q, width), e.ragged(queries),
                        e.columns(k, width), e.columns(v, width), e.ragged(Rows.FRAMES),
                        e.matrix(output)));
    }

    /** Zeroes a buffer whose padding no kernel writes but a matrix product reads. Does nothing for one without padding. */
    void clearPadding(PlannedBuffer buffer) {
        if (buffer.cols() != buffer.stride()) {
            plan.step(buffer.name() + " padding", List.of(buffer), e -> e.stream().fill(e.address(buffer), (byte) 0, buffer.bytes()));
        }
    }

    /** Any other step over rows of frames or tokens. */
    void step(String name, Rows rows, List<PlannedBuffer> touched, PlannedStep.Launch launch) {
        List<PlannedBuffer> all = new ArrayList<>(touched);
        all.add(plan.offsetsOf(rows));
        plan.step(name, all.stream().distinct().toList(), launch);
    }

    static List<PlannedBuffer> touched(Stream<PlannedBuffer> buffers) {
        return buffers.filter(Objects::nonNull).distinct().toList();
    }
}
