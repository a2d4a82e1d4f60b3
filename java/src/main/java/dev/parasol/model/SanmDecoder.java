package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.model.Operations.Epilogue;
import dev.parasol.model.Operations.Part;
import dev.parasol.weights.DecoderConfig;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.ModelTensors;

/** The SANM decoder: layers of feed-forward block, FSMN memory and attention to the encoder's output, and one feed-forward layer behind them. */
final class SanmDecoder {
    private final DecoderConfig config;
    private final int[] layers;

    /** @param layers numbers of the layers with cross-attention that are run */
    SanmDecoder(DecoderConfig config, int[] layers) {
        this.config = config;
        this.layers = layers;
    }

    /**
     * Adds the decoder.
     *
     * @param y acoustic embeddings {@code [tokens, d]} in fp32, overwritten
     * @param encoded the encoder's output, {@code [frames, d]}
     * @return what the output layer reads, {@code [tokens, d]} as a factor
     */
    PlannedBuffer plan(Operations operations, PlannedBuffer y, SanmEncoder.Output encoded) {
        PlanBuilder plan = operations.plan();
        for (int layer : layers) {
            layer(operations, ModelTensors.decoderLayer(layer), y, encoded);
        }
        feedForward(operations, "decoder.decoders3.0.", y, y);
        plan.stage("decoder.decoders3.0.out", y, Rows.TOKENS);
        PlannedBuffer hidden = plan.factor("decoder.after_norm", y.rows(), y.cols());
        operations.norm("decoder.after_norm", y, Rows.TOKENS, hidden);
        return hidden;
    }

    /** The name of the layer that makes keys and values of the encoder's output. */
    static String keysAndValues(int layer) {
        return ModelTensors.decoderLayer(layer) + "src_attn.linear_k_v";
    }

    private void layer(Operations operations, String name, PlannedBuffer y, SanmEncoder.Output encoded) {
        PlanBuilder plan = operations.plan();
        LinearOperations linears = operations.linears();
        DataType type = plan.matrixType();
        int tokens = y.rows();
        int d = y.cols();

        PlannedBuffer t = plan.buffer(name + "feed_forward.out", DataType.F32, tokens, d);
        feedForward(operations, name, y, t);
        operations.norm(name + "norm2", t, Rows.TOKENS, t);
        Factor h = linears.factor(name + "norm3", tokens, d, name + "src_attn.linear_q", true);
        linears.memoryAndNorm(name + "self_attn.fsmn_block.weight", config.kernelSize(), config.fsmnLeft(), new Part(t, 0), y, Rows.TOKENS, name + "norm3", h);
        PlannedBuffer q = plan.buffer(name + "src_attn.q", type, tokens, d);
        linears.linear(name + "src_attn.linear_q", h, Epilogue.BIAS, q, Rows.TOKENS);
        PlannedBuffer kv = plan.buffer(name + "src_attn.kv", type, encoded.factor().rows(), 2 * d);
        linears.linear(name + "src_attn.linear_k_v", encodedFor(linears, name + "src_attn.linear_k_v", encoded), Epilogue.BIAS, kv, Rows.FRAMES);
        Factor attended = linears.factor(name + "src_attn.attended", tokens, d, name + "src_attn.linear_out", false);
        linears.attention(name + "src_attn", config.attentionHeads(), new Part(q, 0), Rows.TOKENS, new Part(kv, 0), new Part(kv, d), attended);
        linears.linear(name + "src_attn.linear_out", attended, Epilogue.biasAndAdd(y), y, Rows.TOKENS);
        plan.stage(name + "out", y, Rows.TOKENS);
    }

    /** The encoder's output in the form of a layer's scheme; with a calibrated scale that is the layer's own. */
    private static Factor encodedFor(LinearOperations linears, String linear, SanmEncoder.Output encoded) {
        if (linears.scheme(linear) == LinearScheme.INT8_DYNAMIC) {
            return encoded.quantized();
        }
        Factor wanted = linears.form(linear, encoded.factor());
        if (wanted.quantized()) {
            linears.quantize(encoded.factor(), wanted, Rows.FRAMES);
        }
        return wanted;
    }

    /** {@code output = W2 · norm(relu(W1 · norm1(y)))}: with a norm inside, and no residual. */
    private void feedForward(Operations operations, String name, PlannedBuffer y, PlannedBuffer output) {
        PlanBuilder plan = operations.plan();
        LinearOperations linears = operations.linears();
        Factor h = linears.factor(name + "norm1", y.rows(), y.cols(), name + "feed_forward.w_1", true);
        linears.norm(name + "norm1", y, Rows.TOKENS, h);
        PlannedBuffer inner = plan.factor(name + "feed_forward.inner", y.rows(), config.linearUnits());
        linears.linear(name + "feed_forward.w_1", h, Epilogue.BIAS_RELU, inner, Rows.TOKENS);
        Factor normed = linears.form(name + "feed_forward.w_2", inner);
        linears.norm(name + "feed_forward.norm", inner, Rows.TOKENS, normed);
        linears.linear(name + "feed_forward.w_2", normed, Epilogue.NONE, output, Rows.TOKENS);
    }
}
