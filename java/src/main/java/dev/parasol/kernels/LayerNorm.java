package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Row-wise layer norm, {@code (x - mean) / sqrt(variance + epsilon) * gamma + beta}, with fp32 statistics. Not thread-safe.
 * Errors of the launch are {@link dev.parasol.cuda.CudaException}, wrong shapes {@link IllegalArgumentException}.
 */
public final class LayerNorm implements AutoCloseable {
    /** The widest row. */
    public static final int MAX_COLS = 8192;

    static final StructLayout PARAMS = StructLayout.struct("LayerNormParams", "layer_norm.h")
            .pointer("input")
            .pointer("gamma")
            .pointer("beta")
            .pointer("output_f16")
            .pointer("output_f32")
            .pointer("device_rows")
            .int32("rows")
            .int32("cols")
            .int32("ld_input")
            .int32("ld_f16")
            .int32("ld_f32")
            .float32("epsilon")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int GAMMA = PARAMS.offset("gamma");
    private static final int BETA = PARAMS.offset("beta");
    private static final int OUTPUT_F16 = PARAMS.offset("output_f16");
    private static final int OUTPUT_F32 = PARAMS.offset("output_f32");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int LD_F16 = PARAMS.offset("ld_f16");
    private static final int LD_F32 = PARAMS.offset("ld_f32");
    private static final int EPSILON = PARAMS.offset("epsilon");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public LayerNorm(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "layer_norm", "layer_norm_f32", "layer_norm_f16");
    }

    /**
     * Normalises all rows of {@code input}.
     *
     * @param input      F32 or F16; its column count is the width of the norm
     * @param gamma      device address of {@code cols} floats
     * @param beta       device address of {@code cols} floats
     * @param outputF16  where the result goes as F16, or null; columns from {@code cols} to the stride become zero
     * @param outputF32  where the result goes as F32, or null; likewise. May be the input itself
     * @param deviceRows device address of the true row count, or 0 when it is {@code input.rows()}
     * @param epsilon    added to the variance, above zero
     */
    public void launch(Stream stream, Matrix input, long gamma, long beta, Matrix outputF16, Matrix outputF32, long deviceRows, float epsilon) {
        Checks.floating("layer_norm", "the input", input.type());
        Checks.matrix("layer_norm", "the input", input, input.type(), input.rows());
        Checks.atLeast("layer_norm", "the column count", input.cols(), 1);
        Checks.atMost("layer_norm", "the column count", input.cols(), MAX_COLS);
        Checks.address("layer_norm", "gamma", gamma);
        Checks.address("layer_norm", "beta", beta);
        if (outputF16 == null && outputF32 == null) {
            throw new IllegalArgumentException("layer_norm: there is no output");
        }
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("layer_norm: epsilon is " + epsilon + ", but must be above zero");
        }
        checkOutput(outputF16, DataType.F16, input);
        checkOutput(outputF32, DataType.F32, input);
        if (input.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.address());
        a.setPointer(GAMMA, gamma);
        a.setPointer(BETA, beta);
        a.setPointer(OUTPUT_F16, outputF16 == null ? 0 : outputF16.address());
        a.setPointer(OUTPUT_F32, outputF32 == null ? 0 : outputF32.address());
        a.setPointer(DEVICE_ROWS, deviceRows);
        a.setInt(ROWS, input.rows());
        a.setInt(COLS, input.cols());
        a.setInt(LD_INPUT, input.stride());
        a.setInt(LD_F16, outputF16 == null ? 0 : outputF16.stride());
        a.setInt(LD_F32, outputF32 == null ? 0 : outputF32.stride());
        a.setFloat(EPSILON, epsilon);
        kernel.launchWarpPerRow(stream, BoundKernel.variant(input.type()), input.rows());
    }

    static void checkOutput(Matrix output, DataType type, Matrix input) {
        if (output != null) {
            Checks.matrix("layer_norm", "the output", output, type, input.rows());
            Checks.atLeast("layer_norm", "the column count of the output", output.cols(), input.cols());
        }
    }

    @Override
    public void close() {
        kernel.close();
    }
}
