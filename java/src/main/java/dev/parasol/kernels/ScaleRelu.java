package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * {@code relu(x * scale + shift)} by columns: a batch norm with its ReLU where no product comes before that could take it in. Not
 * thread-safe. Errors of the launch are {@link dev.parasol.cuda.CudaException}, wrong shapes {@link IllegalArgumentException}.
 */
public final class ScaleRelu implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("ScaleReluParams", "scale_relu.h")
            .pointer("input")
            .pointer("scale")
            .pointer("shift")
            .pointer("output")
            .pointer("device_rows")
            .int32("rows")
            .int32("cols")
            .int32("ld_input")
            .int32("ld_output")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int SCALE = PARAMS.offset("scale");
    private static final int SHIFT = PARAMS.offset("shift");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD_INPUT = PARAMS.offset("ld_input");
    private static final int LD_OUTPUT = PARAMS.offset("ld_output");

    private final BoundKernel kernel;

    /** A launcher of the kernel in {@code library}, which is loaded now. */
    public ScaleRelu(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "scale_relu", "scale_relu");
    }

    /**
     * Scales all rows of {@code input}.
     *
     * @param input      F32 {@code [rows, cols]}, any stride
     * @param scale      device address of {@code cols} floats
     * @param shift      device address of {@code cols} floats
     * @param output     F32 {@code [rows, cols]}, not the input; the columns up to its stride become zero
     * @param deviceRows device address of the true row count, or 0 when it is {@code input.rows()}
     */
    public void launch(Stream stream, Matrix input, long scale, long shift, Matrix output, long deviceRows) {
        Checks.matrix("scale_relu", "the input", input, DataType.F32, input.rows());
        Checks.matrix("scale_relu", "the output", output, DataType.F32, input.rows());
        Checks.equal("scale_relu", "the column count of the output", output.cols(), input.cols());
        Checks.address("scale_relu", "the scale", scale);
        Checks.address("scale_relu", "the shift", shift);
        if (input.rows() == 0) {
            return;
        }
        KernelArguments a = kernel.arguments();
        a.setPointer(INPUT, input.address());
        a.setPointer(SCALE, scale);
        a.setPointer(SHIFT, shift);
        a.setPointer(OUTPUT, output.address());
        a.setPointer(DEVICE_ROWS, deviceRows);
        a.setInt(ROWS, input.rows());
        a.setInt(COLS, input.cols());
        a.setInt(LD_INPUT, input.stride());
        a.setInt(LD_OUTPUT, output.stride());
        kernel.launchWarpPerRow(stream, 0, input.rows());
    }

    @Override
    public void close() {
        kernel.close();
    }
}
