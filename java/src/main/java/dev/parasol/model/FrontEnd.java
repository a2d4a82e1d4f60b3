package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Ragged;
import dev.parasol.weights.FrontendConfig;
import java.util.List;

/** From packed waveforms to features: log-mel filter bank, stacking, normalisation. */
final class FrontEnd {
    private final FrontendConfig config;

    FrontEnd(FrontendConfig config) {
        this.config = config;
    }

    /** Adds the front end and returns the features {@code [frames, mels * m]} in fp32; {@code wave} is {@code [1, samples]}. */
    PlannedBuffer plan(Operations operations, PlannedBuffer wave) {
        PlanBuilder plan = operations.plan();
        BatchShape shape = plan.shape();
        PlannedBuffer fbank = plan.buffer("fbank", DataType.F32, shape.fbankRows(), config.mels());
        plan.step("fbank", List.of(wave, plan.offsets(), fbank), e ->
                e.kernels().fbank().launch(e.stream(), e.address(wave), e.address(plan.offsets()) + InputOffsets.samples(),
                        new Ragged(fbankOffsets(e, plan), shape.batch(), shape.fbankRows()), e.tables().fbank(), e.matrix(fbank)));
        PlannedBuffer features = plan.buffer("features", DataType.F32, shape.frames(), config.featureSize());
        operations.step("lfr_cmvn", Rows.FRAMES, List.of(fbank, features), e ->
                e.kernels().lfrCmvn().launch(e.stream(), e.matrix(fbank), fbankOffsets(e, plan), e.ragged(Rows.FRAMES),
                        e.tables().shift(), e.tables().scale(), config.lfrM(), config.lfrN(), e.matrix(features)));
        return features;
    }

    private static long fbankOffsets(Execution execution, PlanBuilder plan) {
        return execution.address(plan.offsets()) + InputOffsets.fbank(plan.shape().batch());
    }
}
