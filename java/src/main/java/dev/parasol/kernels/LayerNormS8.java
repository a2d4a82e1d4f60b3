package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * {@link LayerNorm} whose result is quantized from fp32, with a scale for each row ({@code max |y| / 127}) or with a given one for all; beside that in
 * floating point where wanted, with the bits of {@link LayerNorm}. Not thread-safe. Wrong shapes are an {@link IllegalArgumentException}.
 */
public final class LayerNormS8 implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("LayerNormS8Params", "layer_norm_s8.h")
            .pointer("input")
            .pointer("gamma")
            .pointer("beta")
            .pointer("output_s8")
            .pointer("scales")
            .pointer("static_scale")
            .pointer("output_f16")
            .pointer("output_f32")
            .pointer("device_rows")
            .int32("rows")
            .int32("cols")
            .int32("ld_input")
            .int32("ld_s8")
            .int32("ld_f16")
            .int32("ld_f32")
            .float32("epsilon")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int GAMMA = PARAMS.offset("gamma");
    private static final int BETA = PARAMS.offset("beta");
    private static final int OUTPUT_S8 = PARAMS.offset("output_s8");
    private static final int SCALES = PARAMS.offset("scales");
    private static final int STATIC_SCALE = PARAMS.offset("static_scale");
    private static final int OUTPUT_F16 = PARAMS.offset("output_f16");
    private static final int OUTPUT_F32 = PARAMS.offset("output_f32");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int LD_S8 = PARAMS.offset("ld_s8");
    private static final int LD_F16 = PARAMS.offset("ld_f16");
    private static final int LD_F32 = PARAMS.offset("ld_f32");
    private static final int EPSILON = PARAMS.offset("epsilon");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public LayerNormS8(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "layer_norm_s8", "layer_norm_s8_f32", "layer_norm_s8_f16");
    }

    /**
     * Normalises and quantizes all rows of {@code input}; parameters are those of {@link LayerNorm#launch}.
     *
     * @param output its scales are read where they are {@link Quantized.Scaling#STATIC}, and written otherwise, one for each row
     */
    public void launch(Stream stream, Matrix input, long gamma, long beta, Quantized output, Matrix outputF16, Matrix outputF32, long deviceRows, float epsilon) {
        Checks.floating("layer_norm_s8", "the input", input.type());
        Checks.matrix("layer_norm_s8", "the input", input, input.type(), input.rows());
        Checks.atLeast("layer_norm_s8", "the column count", input.cols(), 1);
        Checks.atMost("layer_norm_s8", "the column count", input.cols(), LayerNorm.MAX_COLS);
        Checks.address("layer_norm_s8", "gamma", gamma);
        Checks.address("layer_norm_s8", "beta", beta);
        Checks.atLeast("layer_norm_s8", "the row count of the output", output.values().rows(), input.rows());
        Checks.equal("layer_norm_s8", "the column count of the output", output.values().cols(), input.cols());
        if (output.scaling() == Quantized.Scaling.BLOCKS) {
            throw new IllegalArgumentException("layer_norm_s8: the output has a scale for each block, but must have one for each row or for all");
        }
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException("layer_norm_s8: epsilon is " + epsilon + ", but must be above zero");
        }
        LayerNorm.checkOutput(outputF16, DataType.F16, input);
        LayerNorm.checkOutput(outputF32, DataType.F32, input);
        if (input.rows() == 0) {
            return;
        }
        boolean fixed = output.scaling() == Quantized.Scaling.STATIC;
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.address());
        a.setPointer(GAMMA, gamma);
        a.setPointer(BETA, beta);
        a.setPointer(OUTPUT_S8, output.values().address());
        a.setPointer(SCALES, fixed ? 0 : output.scales());
        a.setPointer(STATIC_SCALE, fixed ? output.scales() : 0);
        a.setPointer(OUTPUT_F16, outputF16 == null ? 0 : outputF16.address());
        a.setPointer(OUTPUT_F32, outputF32 == null ? 0 : outputF32.address());
        a.setPointer(DEVICE_ROWS, deviceRows);
        a.setInt(ROWS, input.rows());
        a.setInt(COLS, input.cols());
        a.setInt(LD_INPUT, input.stride());
        a.setInt(LD_S8, output.values().stride());
        a.setInt(LD_F16, outputF16 == null ? 0 : outputF16.stride());
        a.setInt(LD_F32, outputF32 == null ? 0 : outputF32.stride());
        a.setFloat(EPSILON, epsilon);
        kernel.launchWarpPerRow(stream, BoundKernel.variant(input.type()), input.rows());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
