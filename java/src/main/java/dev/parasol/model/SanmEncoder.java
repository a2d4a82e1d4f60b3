package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.model.Operations.Epilogue;
import dev.parasol.model.Operations.Part;
import dev.parasol.weights.EncoderConfig;
import dev.parasol.weights.ModelTensors;
import java.util.List;

/** The SANM encoder: position encoding, layers of self-attention with FSMN memory and feed-forward blocks, and a norm. */
final class SanmEncoder {
    private final EncoderConfig config;
    private final int[] layers;

    /** @param layers numbers of the layers that are run */
    SanmEncoder(EncoderConfig config, int[] layers) {
        this.config = config;
        this.layers = layers;
    }

    /**
     * The encoder's output {@code [frames, d]} in both forms that are read.
     *
     * @param exact fp32, for CIF
     * @param factor for matrix products; the same buffer in fp32
     */
    record Output(PlannedBuffer exact, PlannedBuffer factor) {}

    /** Adds the encoder; {@code features} are {@code [frames, inputSize]} in fp32. */
    Output plan(Operations operations, PlannedBuffer features) {
        PlannedBuffer x = positionEncoding(operations, features);
        for (int layer : layers) {
            x = layer(operations, ModelTensors.encoderLayer(layer), x);
        }
        return afterNorm(operations, x);
    }

    private PlannedBuffer positionEncoding(Operations operations, PlannedBuffer features) {
        PlannedBuffer x = operations.plan().buffer("encoder.embed", DataType.F32, features.rows(), features.cols());
        float scale = (float) Math.sqrt(config.outputSize());
        operations.step("encoder.embed", Rows.FRAMES, List.of(features, x), e ->
                e.kernels().positionEncode().launch(e.stream(), e.matrix(features), e.ragged(Rows.FRAMES), scale, e.matrix(x)));
        return x;
    }

    private PlannedBuffer layer(Operations operations, String name, PlannedBuffer input) {
        PlanBuilder plan = operations.plan();
        DataType type = plan.precision().matrixType();
        int frames = input.rows();
        int d = config.outputSize();

        PlannedBuffer h = plan.factor(name + "norm1", frames, input.cols());
        operations.norm(name + "norm1", input, Rows.FRAMES, h);
        PlannedBuffer qkv = plan.buffer(name + "self_attn.qkv", type, frames, 3 * d);
        operations.linear(name + "self_attn.linear_q_k_v", h, Epilogue.BIAS, qkv, Rows.FRAMES);

        PlannedBuffer attended = plan.factor(name + "self_attn.attended", frames, d);
        operations.attention(name + "self_attn", config.attentionHeads(), new Part(qkv, 0), Rows.FRAMES, new Part(qkv, d), new Part(qkv, 2 * d), attended);
        // The first layer changes the width: it has no residual, and x begins with it.
        boolean sameWidth = input.cols() == d;
        PlannedBuffer x = sameWidth ? input : plan.buffer("encoder.x", DataType.F32, frames, d);
        operations.linear(name + "self_attn.linear_out", attended, sameWidth ? Epilogue.biasAndAdd(x) : Epilogue.BIAS, x, Rows.FRAMES);

        // The memory is added last, since the norm that follows then finds the row at hand.
        PlannedBuffer h2 = plan.factor(name + "norm2", frames, d);
        operations.memoryAndNorm(name + "self_attn.fsmn_block.weight", config.kernelSize(), config.fsmnLeft(), new Part(qkv, 2 * d), x, Rows.FRAMES, name + "norm2", h2);
        PlannedBuffer inner = plan.factor(name + "feed_forward.inner", frames, config.linearUnits());
        operations.clearPadding(inner);
        operations.linear(name + "feed_forward.w_1", h2, Epilogue.BIAS_RELU, inner, Rows.FRAMES);
        operations.linear(name + "feed_forward.w_2", inner, Epilogue.biasAndAdd(x), x, Rows.FRAMES);
        plan.stage(name + "out", x, Rows.FRAMES);
        return x;
    }

    private Output afterNorm(Operations operations, PlannedBuffer x) {
        PlanBuilder plan = operations.plan();
        PlannedBuffer factor = plan.factor("encoder_out factor", x.rows(), x.cols());
        if (factor.type() == DataType.F32) {
            operations.norm("encoder.after_norm", x, Rows.FRAMES, factor);
            plan.stage("encoder_out", factor, Rows.FRAMES);
            return new Output(factor, factor);
        }
        // In place: the residual stream ends here.
        operations.norm("encoder.after_norm", x, Rows.FRAMES, factor, x);
        plan.stage("encoder_out", x, Rows.FRAMES);
        return new Output(x, factor);
    }
}
