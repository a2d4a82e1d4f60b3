package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.model.Operations.Epilogue;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.PunctuationConfig;
import java.util.List;
import java.util.stream.IntStream;

/** A CT-Transformer's forward pass from the embeddings of words to an id of a mark for each. Words take the place of frames. */
final class CtTransformerPass {
    /** The stage of the numbers that the ids are the largest of, computed only where it is wanted. */
    static final String LOGITS = "logits";

    private static final String OUTPUT = "decoder";

    private CtTransformerPass() {}

    /**
     * Plans a pass.
     *
     * @param shape words of all texts, in place of frames
     * @param logits whether the logits are computed beside the ids
     */
    static ForwardPlan plan(PunctuationConfig config, Precision precision, BatchShape shape, boolean logits) {
        PlanBuilder plan = new PlanBuilder(shape, LinearSchemes.unquantized(precision.matrixType()));
        Operations operations = new Operations(plan);
        int[] layers = IntStream.range(0, config.encoder().numBlocks()).toArray();
        PlannedBuffer input = plan.input("embeddings", DataType.F32, shape.frames(), config.encoder().inputSize());
        plan.step("embeddings", List.of(input), execution -> {});
        plan.part(Part.ENCODER);
        PlannedBuffer hidden = new SanmEncoder(config.encoder(), layers).plan(operations, input, null).factor();
        plan.part(Part.OUTPUT);
        int marks = config.marks().size();
        if (logits) {
            PlannedBuffer values = plan.buffer(LOGITS, DataType.F32, shape.frames(), marks);
            operations.linear(OUTPUT, hidden, Epilogue.BIAS, values, Rows.FRAMES);
            plan.stage(LOGITS, values, Rows.FRAMES);
        }
        OutputLayer output = new OutputLayer(OUTPUT, marks, Rows.FRAMES);
        output.ids(operations, hidden, plan.results());
        output.download(plan);
        return new ForwardPlan(plan, input);
    }

    /** The shape that plans for {@code shape} are made for: at least as large, and one of few. */
    static BatchShape bucket(BatchShape shape) {
        int words = ShapeBuckets.frames(shape.frames());
        return new BatchShape(Math.min(ShapeBuckets.batch(shape.batch()), words), 0, 0, words);
    }
}
