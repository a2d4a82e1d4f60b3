package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.GemmArgmax;
import dev.parasol.model.Operations.Epilogue;
import java.util.List;

/** The output layer with its argmax. */
final class OutputLayer {
    private static final String WEIGHTS = "decoder.output_layer";

    private final int vocabularySize;

    OutputLayer(int vocabularySize) {
        this.vocabularySize = vocabularySize;
    }

    /** Adds the layer, which leaves the ids where they are downloaded from after the last step; log-probabilities are a stage of their own, and cost a row of logits each. */
    void plan(Operations operations, PlannedBuffer hidden, boolean logProbs) {
        if (logProbs) {
            logProbs(operations, hidden);
        }
        PlanBuilder plan = operations.plan();
        int tokens = hidden.rows();
        int tiles = GemmArgmax.tiles(vocabularySize);
        PlannedBuffer partialValues = plan.buffer("argmax.partial_values", DataType.F32, tiles, tokens);
        PlannedBuffer partialIds = plan.buffer("argmax.partial_ids", DataType.I32, tiles, tokens);
        operations.step(WEIGHTS, Rows.TOKENS, List.of(hidden, partialValues, partialIds), e ->
                e.kernels().gemmArgmax().launch(e.stream(), e.matrix(hidden), e.weights().matrix(WEIGHTS + ".weight"),
                        e.weights().vector(WEIGHTS + ".bias"), e.address(partialValues), e.address(partialIds), e.count(Rows.TOKENS)));
        PlannedBuffer ids = plan.results();
        PlannedBuffer values = plan.buffer("argmax.values", DataType.F32, tokens, 1);
        operations.step("argmax", Rows.TOKENS, List.of(partialValues, partialIds, ids, values), e ->
                e.kernels().gemmArgmax().reduce(e.stream(), e.address(partialValues), e.address(partialIds), e.address(ids),
                        e.address(values), tokens, tiles, e.count(Rows.TOKENS)));
        plan.stage("ids", ids, Rows.TOKENS);

        plan.step("download", List.of(ids), e -> {});
    }

    private void logProbs(Operations operations, PlannedBuffer hidden) {
        PlannedBuffer logits = operations.plan().buffer("log_probs", DataType.F32, hidden.rows(), vocabularySize);
        operations.linear(WEIGHTS, hidden, Epilogue.BIAS, logits, Rows.TOKENS);
        operations.step("log_softmax", Rows.TOKENS, List.of(logits), e ->
                e.kernels().logSoftmax().launch(e.stream(), e.matrix(logits), e.matrix(logits), e.count(Rows.TOKENS)));
        operations.plan().stage("log_probs", logits, Rows.TOKENS);
    }
}
