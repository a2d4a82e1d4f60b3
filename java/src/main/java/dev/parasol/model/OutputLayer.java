package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.GemmArgmax;
import dev.parasol.model.Operations.Epilogue;
import java.util.List;

/** The output layer with its argmax. */
final class OutputLayer {
    private final String weights;
    private final int outputs;
    private final Rows rows;

    /**
     * @param weights the layer's name
     * @param outputs rows of its weight
     * @param rows what it is given, and has an id for each of
     */
    OutputLayer(String weights, int outputs, Rows rows) {
        this.weights = weights;
        this.outputs = outputs;
        this.rows = rows;
    }

    /** Adds the layer, which leaves the ids where they are downloaded from after the last step; log-probabilities are a stage of their own, and cost a row of logits each. */
    void plan(Operations operations, PlannedBuffer hidden, boolean logProbs) {
        if (logProbs) {
            logProbs(operations, hidden);
        }
        ids(operations, hidden, operations.plan().results());
        download(operations.plan());
    }

    /** Adds the layer without log-probabilities, and leaves the ids in a buffer that begins with room for them. */
    void ids(Operations operations, PlannedBuffer hidden, PlannedBuffer ids) {
        PlanBuilder plan = operations.plan();
        int tokens = hidden.rows();
        int tiles = GemmArgmax.tiles(outputs);
        PlannedBuffer partialValues = plan.buffer("argmax.partial_values", DataType.F32, tiles, tokens);
        PlannedBuffer partialIds = plan.buffer("argmax.partial_ids", DataType.I32, tiles, tokens);
        operations.step(weights, rows, List.of(hidden, partialValues, partialIds), e ->
                e.kernels().gemmArgmax().launch(e.stream(), e.matrix(hidden), e.weights().matrix(weights + ".weight"),
                        e.weights().vector(weights + ".bias"), e.address(partialValues), e.address(partialIds), e.count(rows)));
        PlannedBuffer values = plan.buffer("argmax.values", DataType.F32, tokens, 1);
        operations.step("argmax", rows, List.of(partialValues, partialIds, ids, values), e ->
                e.kernels().gemmArgmax().reduce(e.stream(), e.address(partialValues), e.address(partialIds), e.address(ids),
                        e.address(values), tokens, tiles, e.count(rows)));
    }

    /** Adds the last step. The one before has left the ids among the results. */
    void download(PlanBuilder plan) {
        plan.stage("ids", plan.results(), rows);
        plan.resultRows(rows);
        plan.step("download", plan.downloads(), e -> {});
    }

    /** Adds the log-probabilities. */
    void logProbs(Operations operations, PlannedBuffer hidden) {
        PlannedBuffer logits = operations.plan().buffer("log_probs", DataType.F32, hidden.rows(), outputs);
        operations.linear(weights, hidden, Epilogue.BIAS, logits, rows);
        operations.step("log_softmax", rows, List.of(logits), e ->
                e.kernels().logSoftmax().launch(e.stream(), e.matrix(logits), e.matrix(logits), e.count(rows)));
        operations.plan().stage("log_probs", logits, rows);
    }
}
