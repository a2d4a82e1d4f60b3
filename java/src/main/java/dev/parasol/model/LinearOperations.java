package dev.parasol.model;

import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Matrix;
import dev.parasol.kernels.Quantized.Scaling;
import dev.parasol.model.Operations.Epilogue;
import dev.parasol.weights.LinearScheme;
import dev.parasol.weights.ModelTensors;
import dev.parasol.weights.WeightSpec;
import java.util.stream.Stream;

/**
 * Linear layers in their schemes, and what brings their factors into the form that they need. A layer in int8 gets them from the norm before it, a scale a
 * token; where no norm precedes, from the product before it or from a step of their own, a scale for each token and 128 columns, since one scale for a whole
 * token lets the largest of its columns cost all others their precision. Where scales are calibrated they are used instead.
 */
final class LinearOperations {
    private final Operations operations;
    private final PlanBuilder plan;

    LinearOperations(Operations operations) {
        this.operations = operations;
        this.plan = operations.plan();
    }

    LinearScheme scheme(String linear) {
        return plan.schemes().of(linear);
    }

    /**
     * A factor of the layer {@code linear}.
     *
     * @param normed whether a norm writes it, which sees a row whole
     */
    Factor factor(String name, int rows, int cols, String linear, boolean normed) {
        LinearScheme scheme = scheme(linear);
        if (!scheme.quantizesActivations()) {
            return Factor.floating(plan.factor(name, rows, cols));
        }
        PlannedBuffer values = plan.quantized(name, rows, cols);
        if (scheme == LinearScheme.INT8_STATIC) {
            return new Factor(values, Scaling.STATIC, null, linear + ModelTensors.INPUT_SCALE);
        }
        int scales = normed ? 1 : values.stride() / WeightSpec.INT8_PAD;
        return new Factor(values, normed ? Scaling.ROWS : Scaling.BLOCKS, plan.buffer(name + " scales", DataType.F32, rows, scales), null);
    }

    /** What the layer {@code linear} reads in place of {@code exact}: that itself, or a factor for a norm's result in int8. */
    Factor form(String linear, PlannedBuffer exact) {
        return scheme(linear).quantizesActivations() ? factor(exact.name() + " for " + linear, exact.rows(), exact.cols(), linear, true)
                : Factor.floating(exact);
    }

    /** {@code output = act(input · Wᵀ + bias) + residual}. A floating input is the stage {@code weights.in}. */
    void linear(String weights, Factor input, Epilogue epilogue, PlannedBuffer output, Rows rows) {
        if (scheme(weights) == LinearScheme.FP16) {
            operations.linear(weights, input.values(), epilogue, output, rows);
            return;
        }
        operations.step(weights, rows, Operations.touched(Stream.concat(input.buffers(), Stream.of(output, epilogue.residualOrOutput(output)))), e -> {
            String name = weights + ".weight";
            long scales = e.weights().vector(weights + ModelTensors.WEIGHT_SCALE);
            long bias = epilogue.bias() ? e.weights().vector(weights + ".bias") : 0;
            Matrix residual = e.matrixOrNull(epilogue.residual());
            if (e.weights().tiled(name)) {
                e.kernels().gemmS8Sm90().launch(e.stream(), input.on(e), e.weights().tiledMatrix(name), scales, bias, residual, epilogue.relu(), e.matrix(output),
                        e.count(rows));
            } else if (input.quantized()) {
                e.kernels().gemmS8().launch(e.stream(), input.on(e), e.weights().matrix(name), scales, bias, residual, epilogue.relu(), e.matrix(output), e.count(rows));
            } else {
                e.kernels().gemmW8().launch(e.stream(), e.matrix(input.values()), e.weights().matrix(name), scales, bias, residual, epilogue.relu(), e.matrix(output),
                        e.count(rows));
            }
        });
        if (!input.quantized()) {
            plan.stage(weights + StageRecorder.INPUT, input.values(), rows);
        }
    }

    /** {@link #linear} whose output is the factor of another layer; no residual. */
    void linear(String weights, Factor input, Epilogue epilogue, Factor output, Rows rows) {
        if (!output.quantized()) {
            operations.clearPadding(output.values());
            linear(weights, input, epilogue, output.values(), rows);
        } else if (input.quantized()) {
            operations.step(weights, rows, Operations.touched(Stream.concat(input.buffers(), output.buffers())), e -> {
                String name = weights + ".weight";
                long scales = e.weights().vector(weights + ModelTensors.WEIGHT_SCALE);
                long bias = epilogue.bias() ? e.weights().vector(weights + ".bias") : 0;
                if (e.weights().tiled(name)) {
                    e.kernels().gemmS8Sm90().launch(e.stream(), input.on(e), e.weights().tiledMatrix(name), scales, bias, epilogue.relu(), output.on(e), e.count(rows));
                } else {
                    e.kernels().gemmS8().launch(e.stream(), input.on(e), e.weights().matrix(name), scales, bias, epilogue.relu(), output.on(e), e.count(rows));
                }
            });
        } else {
            PlannedBuffer exact = plan.buffer(output.values().name() + " exact", DataType.F16, output.values().rows(), output.values().cols());
            linear(weights, input, epilogue, exact, rows);
            quantize(exact, output, rows);
        }
    }

    /** Layer norm to a factor, and in place of or beside it in floating point to {@code exact}, unless that is null. */
    void norm(String weights, PlannedBuffer input, Rows rows, Factor output, PlannedBuffer... exact) {
        if (!output.quantized()) {
            operations.norm(weights, input, rows, Stream.concat(Stream.of(output.values()), Stream.of(exact)).toArray(PlannedBuffer[]::new));
            return;
        }
        PlannedBuffer f16 = Operations.ofType(DataType.F16, exact);
        PlannedBuffer f32 = Operations.ofType(DataType.F32, exact);
        operations.step(weights, rows, Operations.touched(Stream.concat(Stream.concat(Stream.of(input), output.buffers()), Stream.of(exact))), e ->
                e.kernels().layerNormS8().launch(e.stream(), e.matrix(input), e.weights().vector(weights + ".weight"), e.weights().vector(weights + ".bias"),
                        output.on(e), e.matrixOrNull(f16), e.matrixOrNull(f32), e.count(rows), Operations.EPSILON));
    }

    /** FSMN memory added to {@code x}, and the layer norm of the sum, as a factor. */
    void memoryAndNorm(String weight, int kernelSize, int left, Operations.Part input, PlannedBuffer x, Rows rows, String norm, Factor output) {
        if (!output.quantized()) {
            operations.memoryAndNorm(weight, kernelSize, left, input, x, rows, norm, output.values());
            return;
        }
        operations.memory(weight, kernelSize, left, input, x, x, rows);
        norm(norm, x, rows, output);
    }

    /** Multi-head attention whose output is the factor of a layer. */
    void attention(String name, int heads, Operations.Part q, Rows queries, Operations.Part k, Operations.Part v, Factor output) {
        if (!output.quantized()) {
            operations.attention(name, heads, q, queries, k, v, output.values());
            return;
        }
        PlannedBuffer exact = plan.factor(output.values().name() + " exact", output.values().rows(), output.values().cols());
        operations.attention(name, heads, q, queries, k, v, exact);
        quantize(exact, output, queries);
    }

    /** Brings fp16 into int8, by blocks or with the calibrated scale. */
    void quantize(PlannedBuffer exact, Factor output, Rows rows) {
        operations.step(output.values().name(), rows, Operations.touched(Stream.concat(Stream.of(exact), output.buffers())), e ->
                e.kernels().quantize().launch(e.stream(), e.matrix(exact), output.on(e), e.count(rows)));
    }
}
