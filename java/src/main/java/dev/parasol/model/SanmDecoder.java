package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.model.Operations.Epilogue;
import dev.parasol.model.Operations.Part;
import dev.parasol.weights.DecoderConfig;
import dev.parasol.weights.ModelTensors;

/** The SANM decoder: layers of feed-forward block, FSMN memory and attention to what is remembered, and one feed-forward layer behind them. */
final class SanmDecoder {
    private final DecoderConfig config;
    private final String name;
    private final int[] layers;

    /**
     * @param name what the names of its weights begin with: {@code decoder.}
     * @param layers numbers of the layers with cross-attention that are run
     */
    SanmDecoder(DecoderConfig config, String name, int... layers) {
        this.config = config;
        this.name = name;
        this.layers = layers;
    }

    /**
     * Adds the decoder up to the norm behind it.
     *
     * @param y what tokens begin with, {@code [tokens, d]} in fp32, overwritten with what they end with
     */
    void plan(Operations operations, PlannedBuffer y, CrossMemory memory) {
        for (int layer : layers) {
            layer(operations, layer, y, memory);
        }
        feedForward(operations, name + "decoders3.0.", y, y);
        operations.plan().stage(name + "decoders3.0.out", y, Rows.TOKENS);
    }

    /** Adds the norm behind the decoder; what the output layer reads, {@code [tokens, d]} as a factor. */
    PlannedBuffer hidden(Operations operations, PlannedBuffer y) {
        PlannedBuffer hidden = operations.plan().factor(name + "after_norm", y.rows(), y.cols());
        norm(operations, y, hidden);
        return hidden;
    }

    /** {@link #hidden} in fp32. */
    PlannedBuffer exactHidden(Operations operations, PlannedBuffer y) {
        PlannedBuffer hidden = operations.plan().buffer(name + "after_norm exact", DataType.F32, y.rows(), y.cols());
        norm(operations, y, hidden);
        return hidden;
    }

    private void norm(Operations operations, PlannedBuffer y, PlannedBuffer hidden) {
        operations.norm(name + "after_norm", y, Rows.TOKENS, hidden);
    }

    /** The name of the layer that makes keys and values of the encoder's output. */
    static String keysAndValues(int layer) {
        return ModelTensors.decoderLayer(layer) + "src_attn.linear_k_v";
    }

    private String layer(int layer) {
        return name + "decoders." + layer + ".";
    }

    /** Adds one layer, the first of them reading {@code y} as {@link #plan} does. */
    void layer(Operations operations, int number, PlannedBuffer y, CrossMemory memory) {
        LinearOperations linears = operations.linears();
        String layer = layer(number);
        PlannedBuffer q = queries(operations, number, y);
        PlannedBuffer kv = memory.keysAndValues(operations, layer, y.cols());
        Factor attended = linears.factor(layer + "src_attn.attended", y.rows(), y.cols(), layer + "src_attn.linear_out", false);
        memory.attend(operations, layer, config.attentionHeads(), q, kv, attended);
        linears.linear(layer + "src_attn.linear_out", attended, Epilogue.biasAndAdd(y), y, Rows.TOKENS);
        operations.plan().stage(layer + "out", y, Rows.TOKENS);
    }

    /** Adds a layer's feed-forward block and FSMN memory, and what its tokens ask with, {@code [tokens, d]}. */
    PlannedBuffer queries(Operations operations, int number, PlannedBuffer y) {
        PlanBuilder plan = operations.plan();
        LinearOperations linears = operations.linears();
        String layer = layer(number);
        PlannedBuffer t = plan.buffer(layer + "feed_forward.out", DataType.F32, y.rows(), y.cols());
        feedForward(operations, layer, y, t);
        operations.norm(layer + "norm2", t, Rows.TOKENS, t);
        Factor h = linears.factor(layer + "norm3", y.rows(), y.cols(), layer + "src_attn.linear_q", true);
        linears.memoryAndNorm(layer + "self_attn.fsmn_block.weight", config.kernelSize(), config.fsmnLeft(), new Part(t, 0), y, Rows.TOKENS, layer + "norm3", h);
        PlannedBuffer q = plan.buffer(layer + "src_attn.q", plan.matrixType(), y.rows(), y.cols());
        linears.linear(layer + "src_attn.linear_q", h, Epilogue.BIAS, q, Rows.TOKENS);
        return q;
    }

    /** {@code output = W2 · norm(relu(W1 · norm1(y)))}: with a norm inside, and no residual. */
    private void feedForward(Operations operations, String layer, PlannedBuffer y, PlannedBuffer output) {
        PlanBuilder plan = operations.plan();
        LinearOperations linears = operations.linears();
        Factor h = linears.factor(layer + "norm1", y.rows(), y.cols(), layer + "feed_forward.w_1", true);
        linears.norm(layer + "norm1", y, Rows.TOKENS, h);
        PlannedBuffer inner = plan.factor(layer + "feed_forward.inner", y.rows(), config.linearUnits());
        linears.linear(layer + "feed_forward.w_1", h, Epilogue.BIAS_RELU, inner, Rows.TOKENS);
        Factor normed = linears.form(layer + "feed_forward.w_2", inner);
        linears.norm(layer + "feed_forward.norm", inner, Rows.TOKENS, normed);
        linears.linear(layer + "feed_forward.w_2", normed, Epilogue.NONE, output, Rows.TOKENS);
    }
}
