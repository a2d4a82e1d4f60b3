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
     * @param quantized for matrix products in int8, with a scale a token; null where there are none
     */
    record Output(PlannedBuffer exact, PlannedBuffer factor, Factor quantized) {}

    /**
     * Adds the encoder.
     *
     * @param features {@code [frames, inputSize]} in fp32
     * @param reader   a layer that reads the output in int8 with a scale a token, or null
     */
    Output plan(Operations operations, PlannedBuffer features, String reader) {
        PlannedBuffer x = positionEncoding(operations, features);
        for (int layer : layers) {
            x = layer(operations, ModelTensors.encoderLayer(layer), x);
        }
        return afterNorm(operations, x, reader);
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
        int frames = input.rows();
        int d = config.outputSize();

        LinearOperations linears = operations.linears();

        Factor h = linears.factor(name + "norm1", frames, input.cols(), name + "self_attn.linear_q_k_v", true);
        linears.norm(name + "norm1", input, Rows.FRAMES, h);
        PlannedBuffer qkv = plan.buffer(name + "self_attn.qkv", plan.matrixType(), frames, 3 * d);
        linears.linear(name + "self_attn.linear_q_k_v", h, Epilogue.BIAS, qkv, Rows.FRAMES);

        Factor attended = linears.factor(name + "self_attn.attended", frames, d, name + "self_attn.linear_out", false);
        linears.attention(name + "self_attn", config.attentionHeads(), new Part(qkv, 0), Rows.FRAMES, new Part(qkv, d), new Part(qkv, 2 * d), attended);
        // The first layer changes the width: it has no residual, and x begins with it.
        boolean sameWidth = input.cols() == d;
        PlannedBuffer x = sameWidth ? input : plan.buffer("encoder.x", DataType.F32, frames, d);
        linears.linear(name + "self_attn.linear_out", attended, sameWidth ? Epilogue.biasAndAdd(x) : Epilogue.BIAS, x, Rows.FRAMES);

        // The memory is added last, since the norm that follows then finds the row at hand.
        Factor h2 = linears.factor(name + "norm2", frames, d, name + "feed_forward.w_1", true);
        linears.memoryAndNorm(name + "self_attn.fsmn_block.weight", config.kernelSize(), config.fsmnLeft(), new Part(qkv, 2 * d), x, Rows.FRAMES, name + "norm2", h2);
        Factor inner = linears.factor(name + "feed_forward.inner", frames, config.linearUnits(), name + "feed_forward.w_2", false);
        linears.linear(name + "feed_forward.w_1", h2, Epilogue.BIAS_RELU, inner, Rows.FRAMES);
        linears.linear(name + "feed_forward.w_2", inner, Epilogue.biasAndAdd(x), x, Rows.FRAMES);
        plan.stage(name + "out", x, Rows.FRAMES);
        return x;
    }

    private Output afterNorm(Operations operations, PlannedBuffer x, String reader) {
        PlanBuilder plan = operations.plan();
        PlannedBuffer factor = plan.factor("encoder_out factor", x.rows(), x.cols());
        if (factor.type() == DataType.F32) {
            operations.norm("encoder.after_norm", x, Rows.FRAMES, factor);
            plan.stage("encoder_out", factor, Rows.FRAMES);
            return new Output(factor, factor, null);
        }
        // In place: the residual stream ends here.
        if (reader == null) {
            operations.norm("encoder.after_norm", x, Rows.FRAMES, factor, x);
            plan.stage("encoder_out", x, Rows.FRAMES);
            return new Output(x, factor, null);
        }
        Factor quantized = operations.linears().factor("encoder_out quantized", x.rows(), x.cols(), reader, true);
        operations.linears().norm("encoder.after_norm", x, Rows.FRAMES, quantized, factor, x);
        plan.stage("encoder_out", x, Rows.FRAMES);
        return new Output(x, factor, quantized);
    }
}
