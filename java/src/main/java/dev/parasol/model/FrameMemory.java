package dev.parasol.model;

import dev.parasol.model.Operations.Epilogue;
import dev.parasol.model.Operations.Part;
import dev.parasol.weights.LinearScheme;

/** The encoder's output: the tokens of an utterance attend to its frames. */
final class FrameMemory implements CrossMemory {
    private final SanmEncoder.Output encoded;

    FrameMemory(SanmEncoder.Output encoded) {
        this.encoded = encoded;
    }

    @Override
    public PlannedBuffer keysAndValues(Operations operations, String layer, int d) {
        PlanBuilder plan = operations.plan();
        LinearOperations linears = operations.linears();
        PlannedBuffer kv = plan.buffer(layer + "src_attn.kv", plan.matrixType(), encoded.factor().rows(), 2 * d);
        linears.linear(layer + "src_attn.linear_k_v", encodedFor(linears, layer + "src_attn.linear_k_v"), Epilogue.BIAS, kv, Rows.FRAMES);
        return kv;
    }

    /** The encoder's output in the form of a layer's scheme; with a calibrated scale that is the layer's own. */
    private Factor encodedFor(LinearOperations linears, String linear) {
        if (linears.scheme(linear) == LinearScheme.INT8_DYNAMIC) {
            return encoded.quantized();
        }
        Factor wanted = linears.form(linear, encoded.factor());
        if (wanted.quantized()) {
            linears.quantize(encoded.factor(), wanted, Rows.FRAMES);
        }
        return wanted;
    }

    @Override
    public void attend(Operations operations, String layer, int heads, PlannedBuffer q, PlannedBuffer kv, Factor attended) {
        operations.linears().attention(layer + "src_attn", heads, new Part(q, 0), Rows.TOKENS, new Part(kv, 0), new Part(kv, q.cols()), attended);
    }
}
