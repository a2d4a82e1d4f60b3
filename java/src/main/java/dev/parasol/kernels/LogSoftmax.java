package dev.parasol.kernels;

import dev.parasol.cuda.DataType;
import dev.parasol.cuda.KernelArguments;
import dev.parasol.cuda.KernelLibrary;
import dev.parasol.cuda.Stream;
import dev.parasol.cuda.StructLayout;

/**
 * Row-wise {@code x - log(sum(exp(x)))} in fp32. Not thread-safe. Errors of the launch are {@link dev.parasol.cuda.CudaException},
 * wrong shapes {@link IllegalArgumentException}.
 */
public final class LogSoftmax implements AutoCloseable {
    static final StructLayout PARAMS = StructLayout.struct("LogSoftmaxParams", "log_softmax.h")
            .pointer("input")
            .pointer("output")
            .pointer("device_rows")
            .int32("rows")
            .int32("cols")
            .int32("ld")
            .build();
    private static final int INPUT = PARAMS.offset("input");
    private static final int OUTPUT = PARAMS.offset("output");
    private static final int DEVICE_ROWS = PARAMS.offset("device_rows");
    private static final int ROWS = PARAMS.offset("rows");
    private static final int COLS = PARAMS.offset("cols");
    private static final int LD = PARAMS.offset("ld");
    private static final int THREADS = 128;

    private final BoundKernel kernel;

    /** A launcher of the kernels in {@code library}, which are loaded now. */
    public LogSoftmax(KernelLibrary library) {
        kernel = new BoundKernel(library, PARAMS, "log_softmax", "log_softmax");
    }

    /**
     * Normalises all rows of {@code input}, one block each.
     *
     * @param input      F32 {@code [rows, cols]}
     * @param output     F32, of the same shape and stride; may be the input itself. Columns behind {@code cols} are left alone
     * @param deviceRows device address of the true row count, or 0 when it is {@code input.rows()}; rows behind are left alone
     */
    public void launch(Stream stream, Matrix input, Matrix output, long deviceRows) {
        Checks.matrix("log_softmax", "the input", input, DataType.F32, input.rows());
        Checks.matrix("log_softmax", "the output", output, DataType.F32, input.rows());
        Checks.atLeast("log_softmax", "the column count", input.cols(), 1);
        Checks.equal("log_softmax", "the column count of the output", output.cols(), input.cols());
        Checks.equal("log_softmax", "the stride of the output", output.stride(), input.stride());
        if (input.rows() == 0) {
            return;
        }
        KernelArguments p = kernel.arguments();
        p.setPointer(INPUT, input.address());
        p.setPointer(OUTPUT, output.address());
        p.setPointer(DEVICE_ROWS, deviceRows);
        p.setInt(ROWS, input.rows());
        p.setInt(COLS, input.cols());
        p.setInt(LD, input.stride());
        kernel.launch(stream, 0, input.rows(), 1, THREADS);
    }

    @Override
    public void close() {
        kernel.close();
    }
}
