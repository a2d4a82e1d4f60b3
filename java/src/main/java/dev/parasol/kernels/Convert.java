package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Converts rows between fp32 and fp16 (to the nearest, ties to even), zero-padding the columns. Not thread-safe. Wrong shapes are
 * an {@link IllegalArgumentException}.
 */
public final class Convert implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("ConvertParams", "convert.h")
            .pointer("input")
            .pointer("output")
            .pointer("device_rows")
            .int32("rows")
            .int32("cols")
            .int32("ld_input")
            .int32("ld_output")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int LD_OUTPUT = PARAMS.offset("ld_output");

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public Convert(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "convert", "convert_f32_f16", "convert_f16_f32");
    }

    /**
     * Converts all rows of {@code input}.
     *
     * @param input      F32 or F16
     * @param output     the other type, at least the input's rows and columns; columns from {@code input.cols()} to the stride become zero
     * @param deviceRows device address of the true row count, or 0 when it is {@code input.rows()}
     */
    public void launch(Stream stream, Matrix input, Matrix output, long deviceRows) {
        Checks.floating("convert", "the input", input.type());
        Checks.matrix("convert", "the input", input, input.type(), input.rows());
        Checks.matrix("convert", "the output", output, input.type() == DataType.F32 ? DataType.F16 : DataType.F32, input.rows());
        Checks.atLeast("convert", "the column count of the output", output.cols(), input.cols());
        if (input.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.address());
        a.setPointer(OUTPUT, output.address());
        a.setPointer(DEVICE_ROWS, deviceRows);
        a.setInt(ROWS, input.rows());
        a.setInt(COLS, input.cols());
        a.setInt(LD_INPUT, input.stride());
        a.setInt(LD_OUTPUT, output.stride());
        kernel.launchWarpPerRow(stream, BoundKernel.variant(input.type()), input.rows());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
