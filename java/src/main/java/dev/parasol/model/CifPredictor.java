package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.model.Operations.Epilogue;
import dev.parasol.weights.Extras;
import dev.parasol.weights.PredictorConfig;
import java.util.List;

/**
 * Continuous integrate-and-fire: a weight for each frame, a token each time their sum reaches a new whole number, and for
 * each token the weighted sum of the frames between two fires. The token path of {@code CifPredictorV2} and
 * {@code CifPredictorV3}; the timestamp head of the latter is {@link TimestampHeadPass}.
 */
final class CifPredictor {
    private final PredictorConfig config;
    private final Extras extras;
    /** What the embeddings are made of, once they are planned. */
    private PlannedBuffer alphas;
    private PlannedBuffer fires;
    private PlannedBuffer remainders;

    CifPredictor(PredictorConfig config, Extras extras) {
        this.config = config;
        this.extras = extras;
    }

    /** Adds the predictor and returns the acoustic embeddings {@code [tokens, d]}; token offsets are known on the device from then on. */
    PlannedBuffer plan(Operations operations, SanmEncoder.Output encoded) {
        PlanBuilder plan = operations.plan();
        BatchShape shape = plan.shape();
        alphas = weights(operations, encoded);
        PlannedBuffer peaks = plan.buffer("cif_peak", DataType.F32, shape.frames() + shape.batch(), 1);
        fires = plan.buffer("fires", DataType.I32, shape.frames(), 1);
        remainders = plan.buffer("remainders", DataType.F32, shape.frames(), 1);
        PlannedBuffer counts = plan.buffer("token_counts", DataType.I32, 1, shape.batch());
        operations.step("cif_fire", Rows.FRAMES, List.of(alphas, peaks, fires, remainders, counts), e ->
                e.kernels().cifFire().launch(e.stream(), e.address(alphas), e.ragged(Rows.FRAMES), config.sequential(), e.address(peaks),
                        e.address(fires), e.address(remainders), e.address(counts)));
        plan.stage("cif_peak", peaks, Rows.WEIGHTS);
        if (extras.weightsPerFrame() == 1) {
            plan.download(alphas);
            plan.download(peaks);
        }
        operations.step("token_offsets", Rows.TOKENS, List.of(counts), e ->
                e.kernels().tokenOffsets().launch(e.stream(), e.address(counts), shape.batch(), e.tokenOffsets()));
        PlannedBuffer embeds = embeds(operations, encoded, "decoder.y");
        plan.stage("acoustic_embeds", embeds, Rows.TOKENS);
        return embeds;
    }

    /** Adds the embeddings once more, as a buffer of that name. */
    PlannedBuffer embeds(Operations operations, SanmEncoder.Output encoded, String name) {
        PlanBuilder plan = operations.plan();
        PlannedBuffer embeds = plan.buffer(name, DataType.F32, encoded.exact().rows(), encoded.exact().cols());
        List<PlannedBuffer> touched = List.of(encoded.exact(), alphas, fires, remainders, plan.offsets(), embeds);
        operations.step("cif_embed", Rows.TOKENS, touched, e ->
                e.kernels().cifEmbed().launch(e.stream(), e.matrix(encoded.exact()), e.address(alphas), e.address(fires), e.address(remainders),
                        e.ragged(Rows.FRAMES).offsets(), e.ragged(Rows.TOKENS), e.matrix(embeds)));
        return embeds;
    }

    /** The weights {@code [frames + batch]}, one more than frames for each utterance. */
    private PlannedBuffer weights(Operations operations, SanmEncoder.Output encoded) {
        PlanBuilder plan = operations.plan();
        BatchShape shape = plan.shape();
        int d = encoded.exact().cols();
        PlannedBuffer unfolded = plan.factor("predictor.unfolded", shape.frames(), config.kernelSize() * d);
        operations.step("predictor.unfold", Rows.FRAMES, List.of(encoded.factor(), unfolded), e ->
                e.kernels().unfold().launch(e.stream(), e.matrix(encoded.factor()), e.ragged(Rows.FRAMES), config.leftOrder(),
                        config.kernelSize(), e.matrix(unfolded)));
        PlannedBuffer hidden = plan.buffer("predictor.hidden", DataType.F32, shape.frames(), d);
        operations.linear("predictor.cif_conv1d", unfolded, Epilogue.BIAS_RELU, hidden, Rows.FRAMES);

        PlannedBuffer all = plan.buffer("alphas", DataType.F32, shape.frames() + shape.batch(), 1);
        operations.step("predictor.cif_output", Rows.FRAMES, List.of(hidden, all), e ->
                e.kernels().cifAlpha().launch(e.stream(), e.matrix(hidden), e.weights().vector("predictor.cif_output.weight"),
                        e.weights().vector("predictor.cif_output.bias"), e.ragged(Rows.FRAMES), config.smoothFactor(),
                        config.noiseThreshold(), config.tailThreshold(), e.address(all)));
        plan.stage("alphas", all, Rows.WEIGHTS);
        return all;
    }
}
