package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Matrix;
import dev.parasol.weights.TimestampHead;
import java.util.List;

/**
 * The timestamp head of {@code CifPredictorV3}: three rows for each of the encoder's frames by a transposed convolution, an LSTM in
 * both directions over an utterance's rows, and a weight for each row. What follows from the weights is done on the host.
 */
final class TimestampHeadPass {
    private static final int TAPS = TimestampHead.UPSAMPLING;
    private static final String UPSAMPLE = "predictor.upsample_cnn";
    private static final String LSTM = "predictor.blstm.";
    private static final String OUTPUT = "predictor.cif_output2";
    /** Behind the names of the LSTM's weights. */
    private static final String FORWARD = "_l0";
    private static final String REVERSE = "_l0_reverse";

    private final TimestampHead config;

    TimestampHeadPass(TimestampHead config) {
        this.config = config;
    }

    /** Adds the head, whose weights come down: {@code TAPS} for each frame. */
    void plan(Operations operations, SanmEncoder.Output encoded) {
        PlanBuilder plan = operations.plan();
        plan.part(Part.TIMESTAMPS);
        int frames = plan.shape().frames();
        int d = encoded.exact().cols();
        PlannedBuffer upsampled = upsample(operations, encoded.factor(), d);
        // One direction after the other in the same memory: gates are far larger than anything else in the pass.
        PlannedBuffer gates = plan.buffer(LSTM + "gates", plan.matrixType(), frames, TAPS * 4 * d);
        PlannedBuffer weights = plan.buffer("us_alphas", DataType.F32, TAPS * frames, 1);
        direction(operations, FORWARD, upsampled, gates, d);
        operations.step(OUTPUT + FORWARD, Rows.FRAMES, List.of(gates, weights), e ->
                e.kernels().upsampledAlpha().products(e.stream(), hidden(e, gates, d), e.weights().vector(OUTPUT + ".weight"), e.count(Rows.FRAMES), TAPS,
                        e.address(weights)));
        direction(operations, REVERSE, upsampled, gates, d);
        operations.step(OUTPUT + REVERSE, Rows.FRAMES, List.of(gates, weights), e ->
                e.kernels().upsampledAlpha().weights(e.stream(), hidden(e, gates, d), e.weights().vector(OUTPUT + ".weight") + (long) d * Float.BYTES,
                        e.weights().vector(OUTPUT + ".bias"), e.count(Rows.FRAMES), TAPS, config.smoothFactor(), config.noiseThreshold(), e.address(weights)));
        plan.download(weights);
    }

    /** Leaves the hidden states in the place of the gates i. */
    private static void direction(Operations operations, String layer, PlannedBuffer upsampled, PlannedBuffer gates, int d) {
        operations.step(LSTM + "weight_ih" + layer, Rows.FRAMES, List.of(upsampled, gates), e -> {
            for (int tap = 0; tap < TAPS; tap++) {
                e.kernels().gemm().launch(e.stream(), columns(e.matrix(upsampled), tap * PlanBuilder.padded(d), d), e.weights().matrix(LSTM + "weight_ih" + layer),
                        e.weights().vector(LSTM + "bias_ih" + layer), null, false, columns(e.matrix(gates), tap * 4 * d, 4 * d), e.count(Rows.FRAMES));
            }
        });
        operations.step(LSTM + "weight_hh" + layer, Rows.FRAMES, List.of(gates), e ->
                e.kernels().lstm().launch(e.stream(), rows(e, gates, 4 * d, 4 * d), e.weights().matrix(LSTM + "weight_hh" + layer),
                        e.weights().vector(LSTM + "bias_hh" + layer), e.ragged(Rows.FRAMES), TAPS, layer.equals(REVERSE), hidden(e, gates, d)));
    }

    private static Matrix hidden(Execution e, PlannedBuffer gates, int d) {
        return rows(e, gates, d, 4 * d);
    }

    /** A frame's rows, which lie side by side, one below the other. */
    private static Matrix rows(Execution e, PlannedBuffer buffer, int cols, int stride) {
        return new Matrix(e.address(buffer), buffer.type(), TAPS * buffer.rows(), cols, stride);
    }

    /** A product for each tap of the convolution; rows lie behind one another since a frame's taps do. */
    private static PlannedBuffer upsample(Operations operations, PlannedBuffer encoded, int d) {
        PlanBuilder plan = operations.plan();
        PlannedBuffer upsampled = plan.factor("predictor.upsampled", encoded.rows(), TAPS * PlanBuilder.padded(d));
        if (d != PlanBuilder.padded(d)) {
            plan.step(upsampled.name() + " padding", List.of(upsampled), e -> e.stream().fill(e.address(upsampled), (byte) 0, upsampled.bytes()));
        }
        operations.step(UPSAMPLE, Rows.FRAMES, List.of(encoded, upsampled), e -> {
            Matrix weight = e.weights().matrix(UPSAMPLE + ".weight");
            for (int tap = 0; tap < TAPS; tap++) {
                Matrix own = new Matrix(at(weight, (long) tap * d * weight.stride()), weight.type(), d, d, weight.stride());
                e.kernels().gemm().launch(e.stream(), e.matrix(encoded), own, e.weights().vector(UPSAMPLE + ".bias"), null, false,
                        columns(e.matrix(upsampled), tap * PlanBuilder.padded(d), d), e.count(Rows.FRAMES));
            }
        });
        return upsampled;
    }

    private static Matrix columns(Matrix matrix, int first, int count) {
        return new Matrix(at(matrix, first), matrix.type(), matrix.rows(), count, matrix.stride());
    }

    private static long at(Matrix matrix, long element) {
        return matrix.address() + element * matrix.type().bytes();
    }
}
